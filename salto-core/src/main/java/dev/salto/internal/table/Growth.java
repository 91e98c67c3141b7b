// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Where a kind's slots come from. */
interface Growth {
    /**
     * Whether the code of the slots is that of static trampolines, and not made at run time by the
     * JDK.
     */
    boolean areStatic();

    /**
     * Takes a row of slots in a table that kinds share.
     *
     * @return the id of the first, or {@link Tables#NONE} if there are no such tables
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    int takeRow();

    /**
     * Makes one more table for the kind alone, or takes one that no kind has.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    Table grow();

    /** Whether a fresh slot needs something before it is handed out. */
    boolean preparesSlots();

    /** Makes what a fresh slot needs before it is handed out. */
    void prepare(Table table, int slot);

    /**
     * Is told that the kind has a table of {@link #grow}: the way of calls may have changed
     * meanwhile.
     */
    void joined(Table table);
}
