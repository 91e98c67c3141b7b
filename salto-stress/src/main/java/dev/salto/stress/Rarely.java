// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

/**
 * Lets a slow thing happen in few of many tests, and no more often than a process has memory for.
 * For one thread at a time.
 */
final class Rarely {
    private final int period;
    private int most;
    private int count;

    /**
     * Nothing happened yet.
     *
     * @param period how many tests there are for each that it happens in
     * @param most how often it may happen in all
     */
    Rarely(int period, int most) {
        this.period = period;
        this.most = most;
    }

    /** Whether it is to happen now. */
    boolean isDue() {
        if (++count % period != 0 || most == 0) {
            return false;
        }
        most--;
        return true;
    }
}
