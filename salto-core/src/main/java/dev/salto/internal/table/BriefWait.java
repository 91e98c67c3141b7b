// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Waits for a thread that is about to finish. */
public final class BriefWait {
    private BriefWait() {}

    /**
     * Lets other threads run once. The other thread needs nanoseconds, unless it is not running.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    public static void once() {
        Thread.yield();
    }
}
