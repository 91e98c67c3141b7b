// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for gates, which a thread in the background makes. */
final class Gates {
    /** An emulated JVM beside two others needs a minute or two. */
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(15);

    /** Salto's statistics take much longer than a call, if there are many types. */
    private static final int CALLS_AT_ONCE = 100;

    private Gates() {}

    /** Calls function pointers. */
    interface Calls {
        void run() throws Throwable;
    }

    /** The number of gates that were made so far. */
    static long made() {
        return Salto.statistics().gates();
    }

    /** Calls function pointers again and again, until the process has so many gates. */
    static void callUntilThereAre(long gates, Calls calls) throws Throwable {
        callUntil(() -> made() >= gates, calls);
    }

    /** Calls function pointers again and again, until gates have made a change. */
    static void callUntil(BooleanSupplier isDone, Calls calls) throws Throwable {
        Instant end = Instant.now().plus(LONG_ENOUGH);
        while (!isDone.getAsBoolean()) {
            assertThat(Instant.now()).as("with %s gates after %s", made(), LONG_ENOUGH).isBefore(end);
            for (int i = 0; i < CALLS_AT_ONCE; i++) {
                calls.run();
            }
        }
    }
}
