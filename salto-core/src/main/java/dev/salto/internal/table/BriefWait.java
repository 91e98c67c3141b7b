// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Waiting for a thread that is about to finish. */
public final class BriefWait {
    private BriefWait() {}

    /**
     * Lets other threads run, for once: what is waited for takes nanoseconds, unless the thread
     * that does it is not running.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    public static void once() {
        Thread.yield();
    }
}
