// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import java.time.Duration;

/** Adds up the times of one kind of operation, until it has seen enough. */
final class Stopwatch {
    /** Work between the operations, for example closing, can take longer than the operations. */
    private static final int MOST_TIMES_AS_LONG = 4;

    private final long enough;
    private final long end;
    private long started;
    private long nanoseconds;
    private long operations;

    /**
     * A watch that has seen nothing.
     *
     * @param enough how much time of operations it wants to see
     */
    Stopwatch(Duration enough) {
        this.enough = enough.toNanos();
        end = System.nanoTime() + this.enough * MOST_TIMES_AS_LONG;
    }

    void start() {
        started = System.nanoTime();
    }

    void stop(int done) {
        nanoseconds += System.nanoTime() - started;
        operations += done;
    }

    /** Whether to measure on: always if nothing was measured yet. */
    boolean goesOn() {
        return operations == 0 || (nanoseconds < enough && System.nanoTime() < end);
    }

    double nanosecondsEach() {
        return (double) nanoseconds / operations;
    }
}
