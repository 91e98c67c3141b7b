// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

/**
 * Which bytes behind a pointer a recorded call keeps.
 *
 * @param argument the index of the pointer
 * @param limit the largest number of bytes
 * @param lengthArgument the index of the argument with their number, or {@link #NO_ARGUMENT}
 * @param toNul whether a zero byte ends them
 */
public record CopiedBytes(int argument, int limit, int lengthArgument, boolean toNul) {
    /** No argument has the number of bytes. */
    public static final int NO_ARGUMENT = -1;
}
