// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

/**
 * One kind of load. A new worker takes all slots that it will ever need at once, so that tables
 * need not grow for it later. After that, one thread calls {@link #round} again and again, and
 * then {@link #close}.
 */
interface Worker extends AutoCloseable {
    /**
     * Does a little of the work and checks what came out; some milliseconds. Whatever it throws is
     * wrong.
     */
    void round();

    /** Closes what is open. */
    @Override
    default void close() {}
}
