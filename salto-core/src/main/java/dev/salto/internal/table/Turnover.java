// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * How often slots were used.
 *
 * @param taken how often one was taken
 * @param givenBack how often one was given back
 */
public record Turnover(long taken, long givenBack) {
    /** Both together. */
    public Turnover plus(Turnover other) {
        return new Turnover(taken + other.taken, givenBack + other.givenBack);
    }

    /** How many slots are taken. */
    public long used() {
        return taken - givenBack;
    }
}
