// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.time.Duration;

/** How long to go on. */
public sealed interface Goal {
    /**
     * How much of it is done: 1 or more if all is.
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

    /** Until so many closures were bound and closed. */
    record Cycles(long number) implements Goal {
        @Override
        public double fraction(Duration elapsed, long cycles) {
            return (double) cycles / number;
        }
    }
}
