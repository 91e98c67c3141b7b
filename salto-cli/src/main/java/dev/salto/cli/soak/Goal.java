// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.time.Duration;

/** The length of a soak. */
public sealed interface Goal {
    /**
     * The part of it that is done: 1 or more at the end.
     *
     * @param elapsed the time since the load began
     * @param cycles how many closures were bound and closed
     */
    double fraction(Duration elapsed, long cycles);

    /** For a time. */
    record Time(Duration duration) implements Goal {
        @Override
        public double fraction(Duration elapsed, long cycles) {
            return (double) elapsed.toNanos() / duration.toNanos();
        }
    }

    /** Until a number of closures were bound and closed. */
    record Cycles(long number) implements Goal {
        @Override
        public double fraction(Duration elapsed, long cycles) {
            return (double) cycles / number;
        }
    }
}
