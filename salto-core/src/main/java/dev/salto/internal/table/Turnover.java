// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * Counts of used slots.
 *
 * @param taken the number of times that a slot was taken
 * @param givenBack the number of times that a slot was given back
 */
public record Turnover(long taken, long givenBack) {
    /** The sum of both. */
    public Turnover plus(Turnover other) {
        return new Turnover(taken + other.taken, givenBack + other.givenBack);
    }

    /** The number of slots that are taken. */
    public long used() {
        return taken - givenBack;
    }
}
