// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Lets ten messages pass at once, and then one in each second, so that a loop cannot fill a disk.
 */
final class RateLimit {
    private static final long BURST = 10;
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private long permits = BURST;
    private long last = System.nanoTime();
    private long skipped;

    /**
     * Asks whether a message may pass.
     *
     * @return the number of suppressed messages since the last one that passed; empty if this
     *     message is suppressed, too
     */
    synchronized OptionalLong tryPass() {
        long now = System.nanoTime();
        long earned = (now - last) / INTERVAL;
        permits = Math.min(BURST, permits + earned);
        last += earned * INTERVAL;
        if (permits == 0) {
            skipped++;
            return OptionalLong.empty();
        }
        permits--;
        return OptionalLong.of(takeSkipped());
    }

    /** Counts messages that passed and were given up. */
    synchronized void giveUp(long messages) {
        skipped += messages;
    }

    /** Returns how many messages did not pass since the last that did, and counts from 0 again. */
    synchronized long takeSkipped() {
        long before = skipped;
        skipped = 0;
        return before;
    }
}
