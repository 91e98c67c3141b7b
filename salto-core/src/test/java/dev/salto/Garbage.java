// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for the garbage collector. */
public final class Garbage {
    private static final int ATTEMPTS = 100;

    private Garbage() {}

    /** Fails if what a weak or phantom reference refers to stays reachable. */
    static void awaitCollection(Reference<?> reference) throws InterruptedException {
        collectUntil("was collected", () -> reference.refersTo(null));
    }

    /** Collects garbage until something is true, and fails if it does not become so. */
    public static void collectUntil(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS && !condition.getAsBoolean(); i++) {
            long start = System.nanoTime();
            System.gc();
            // The JDK's cleaner runs in a thread of its own, which stands still meanwhile; where
            // collections are slow, it is, too.
            Thread.sleep(10 + Duration.ofNanos(System.nanoTime() - start).toMillis());
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
