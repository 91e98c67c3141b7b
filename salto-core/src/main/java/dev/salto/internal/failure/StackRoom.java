// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/**
 * Checks that the stack has room: for steps that must not fail half way, or for code whose classes
 * may not be initialised yet. A class whose initialisation fails stays unusable.
 */
public final class StackRoom {
    private StackRoom() {}

    /**
     * Makes sure that nested calls have room.
     *
     * @param frames their number
     * @throws StackOverflowError if they have no room
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
