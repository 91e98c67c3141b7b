// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

/**
 * One kind of load. A new worker takes all slots that it will ever need at once, so that tables
 * need not grow for it later. After that, one thread calls {@link #round} again and again, and
 * then {@link #close}.
 */
interface Worker extends AutoCloseable {
    /** Does some milliseconds of the work and checks the results. Any exception is a fault. */
    void round();

    /** Closes what is open. */
    @Override
    default void close() {}
}
