// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;

/** Waits for the garbage collector. */
final class Garbage {
    private static final int ATTEMPTS = 100;

    private Garbage() {}

    /** Fails if what a weak or phantom reference refers to stays reachable. */
    static void awaitCollection(Reference<?> reference) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS && !reference.refersTo(null); i++) {
            System.gc();
            // The JDK's cleaner runs in a thread of its own.
            Thread.sleep(10);
        }
        assertThat(reference.refersTo(null)).as("was collected").isTrue();
    }
}
