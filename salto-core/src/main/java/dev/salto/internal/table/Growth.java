// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.List;

/** The source of a kind's slots. */
interface Growth {
    /** Whether the slots are static trampolines. Otherwise the JDK makes their code at run time. */
    boolean areStatic();

    /**
     * Takes rows of slots in a table that kinds share.
     *
     * @return the ids of the rows' first slots, at least one; none if there are no such tables
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    int[] takeRows(int wanted);

    /**
     * Makes tables for the kind alone, at least one, or takes one without a kind. All but the first
     * are empty.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    List<Table> grow(int wanted);

    /** Whether a fresh slot needs a preparation. */
    boolean preparesSlots();

    /** Prepares a fresh slot before it is handed out. */
    void prepare(Table table, int slot);

    /**
     * Called when the kind has a table of {@link #grow}: the route of calls may have changed
     * meanwhile.
     */
    void joined(Table table);
}
