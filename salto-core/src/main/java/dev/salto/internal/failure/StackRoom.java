// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/**
 * Room on the stack for what has to be undone if a later call fails, or for code whose classes may
 * not be initialised yet: one that fails there fails for good.
 */
public final class StackRoom {
    private StackRoom() {}

    /**
     * Makes sure that calls can follow each other.
     *
     * @param frames how many
     * @throws StackOverflowError if they cannot
     */
    public static void require(int frames) {
        if (use(frames, 1, 2, 3) == 0) {
            throw new AssertionError("the sum of positive numbers is not 0");
        }
    }

    private static long use(int frames, long first, long second, long third) {
        return frames == 0 ? first : use(frames - 1, second, third, first + second + third) + 1;
    }
}
