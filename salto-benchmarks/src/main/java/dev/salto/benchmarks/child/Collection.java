// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Garbage collection on demand. */
final class Collection {
    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory
            .getOperatingSystemMXBean();
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private Collection() {}

    /** Collects garbage, and waits until the threads that free what it found have become quiet. */
    static void awaitEffects() {
        System.gc();
        long end = System.nanoTime() + LONGEST.toNanos();
        long busy;
        do {
            long before = PROCESS.getProcessCpuTime();
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            busy = PROCESS.getProcessCpuTime() - before;
        } while (busy > LOOK.toNanos() / 10 && System.nanoTime() < end);
    }
}
