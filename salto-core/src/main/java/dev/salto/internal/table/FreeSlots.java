// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one kind, with their free slots: those that are neither in a magazine nor in
 * quarantine.
 *
 * <p>It belongs to a depot, whose monitor guards it.
 */
@SuppressWarnings("ReferenceEquality") // tables are equal when they are the same
final class FreeSlots {
    /** All tables. */
    private @Nullable Table tables;

    /** The tables with free slots that were used before. */
    private @Nullable Table withFree;

    /** The table with slots that were never handed out. */
    private @Nullable Table growing;

    /** All tables; the next ones follow the first. */
    @Nullable
    Table tables() {
        return tables;
    }

    /** The table with slots that were never handed out; null if there is none. */
    @Nullable
    Table growing() {
        return growing;
    }

    /** Adds a new table to all. */
    void add(Table table) {
        table.next = tables;
        tables = table;
    }

    /** Sets the table of fresh slots. There must be none. */
    void setGrowing(Table table) {
        growing = table;
    }

    /**
     * Gives a magazine used slots of one table, the first ones last. Returns whether there are
     * any.
     */
    boolean takeUsed(Magazine magazine) {
        Table table = withFree;
        if (table == null) {
            return false;
        }
        int[] ids = magazine.free;
        long[] bits = table.free;
        int count = Math.min(table.freeCount, ids.length);
        int base = Tables.id(table.number(), 0);
        int left = count;
        int word = 0;
        long rest = bits[0];
        while (left > 0) {
            if (rest == 0) {
                word++;
                rest = bits[word];
            } else {
                left--;
                ids[left] = base + word * Long.SIZE + Long.numberOfTrailingZeros(rest);
                rest &= rest - 1;
            }
        }
        // No call from here on.
        for (int i = 0; i < word; i++) {
            bits[i] = 0;
        }
        bits[word] = rest;
        table.freeCount -= count;
        if (table.freeCount == 0) {
            withFree = table.nextWithFree;
            table.nextWithFree = null;
            table.isWithFree = false;
        }
        magazine.freeCount = count;
        magazine.givenInAll += count;
        return true;
    }

    /** Gives a magazine slots that were never handed out. Returns whether there are any. */
    boolean takeFresh(Magazine magazine, int atMost) {
        Table table = growing;
        if (table == null) {
            return false;
        }
        int capacity = table.capacity();
        int count = Math.min(Math.min(atMost, magazine.free.length), capacity - table.handedOut);
        int last = Tables.id(table.number(), table.handedOut + count - 1);
        for (int i = 0; i < count; i++) {
            magazine.free[i] = last - i;
        }
        // No call from here on.
        table.handedOut += count;
        if (table.handedOut == capacity) {
            growing = null;
        }
        magazine.freeCount = count;
        magazine.givenInAll += count;
        return true;
    }

    /** Frees slots. Doing so again after a failure has no effect. */
    void release(Batch batch, @Nullable Table[] all) {
        for (int i = 0; i < batch.count; i++) {
            int id = batch.ids[i];
            Table table = id == Tables.NONE ? null : all[id >>> Tables.SLOT_BITS];
            if (table != null) {
                batch.ids[i] = Tables.NONE;
                table.free[(id & Tables.SLOT_MASK) / Long.SIZE] |= 1L << id;
                table.freeCount++;
                if (!table.isWithFree) {
                    table.isWithFree = true;
                    table.nextWithFree = withFree;
                    withFree = table;
                }
            }
        }
    }

    /**
     * Marks the tables that have only free slots, or slots in quarantine, as empty. One of them
     * stays as it is.
     *
     * @param reusableFrom the number of closes in the depot from which tables with slots in
     *     quarantine are used again
     * @return the first of them; the next empty ones follow it
     */
    @Nullable
    Table markUnused(long reusableFrom) {
        Table taken = null;
        Table list = null;
        boolean staysOne = growing != null;
        for (Table table = tables; table != null; table = table.next) {
            boolean isUnused = !table.isEmpty && table != growing
                    && table.freeCount + table.quarantined == table.handedOut;
            if (isUnused && staysOne) {
                table.isEmpty = true;
                table.reusableFrom = table.quarantined > 0 ? reusableFrom : 0;
                table.nextEmpty = taken;
                taken = table;
            }
            staysOne |= isUnused;
            table.isWithFree = !table.isEmpty && table.freeCount > 0;
            table.nextWithFree = table.isWithFree ? list : null;
            list = table.isWithFree ? table : list;
        }
        withFree = list;
        return taken;
    }

    /** All tables. */
    List<Table> list() {
        List<Table> list = new ArrayList<>();
        for (Table table = tables; table != null; table = table.next) {
            list.add(table);
        }
        return list;
    }

    /** Forgets all tables. */
    void clear() {
        tables = null;
        withFree = null;
        growing = null;
    }
}
