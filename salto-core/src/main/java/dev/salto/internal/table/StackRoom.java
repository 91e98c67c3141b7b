// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Room on the stack for what has to be undone if a later call fails. */
final class StackRoom {
    private static final int FRAMES = 60;

    private StackRoom() {}

    /**
     * Makes sure that some dozen calls can follow each other.
     *
     * @throws StackOverflowError if they cannot
     */
    static void require() {
        if (use(FRAMES, 1, 2, 3) == 0) {
            throw new AssertionError("the sum of positive numbers is not 0");
        }
    }

    private static long use(int frames, long first, long second, long third) {
        return frames == 0 ? first : use(frames - 1, second, third, first + second + third) + 1;
    }
}
