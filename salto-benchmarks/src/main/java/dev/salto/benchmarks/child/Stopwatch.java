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
     * A new watch.
     *
     * @param enough the time of operations that it has to see
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

    /** Whether to continue: always before the first measurement. */
    boolean goesOn() {
        return operations == 0 || (nanoseconds < enough && System.nanoTime() < end);
    }

    double nanosecondsEach() {
        return (double) nanoseconds / operations;
    }
}
