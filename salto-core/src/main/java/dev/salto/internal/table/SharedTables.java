// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables for the first closures of all types. They live as long as the process. Closures of the
 * universal gate have separate tables for each entry.
 */
final class SharedTables {
    /** The largest number of threads that add a table at the same time. */
    private static final int PENDING = 64;

    /** Tables whose rows have entries of their own. */
    private static final SharedTables OF_ROWS = new SharedTables(SharedTable.NO_ENTRY, "exit_bound");

    /** The other tables, by the address of their entry. */
    private static final Map<Long, SharedTables> OF_ENTRIES = new HashMap<>();

    private final long entry;
    private final String entryAtExit;
    private final ArrayList<SharedTable> all = new ArrayList<>();

    private SharedTables(long entry, String entryAtExit) {
        this.entry = entry;
        this.entryAtExit = entryAtExit;
    }

    /** A change of a table's memory. */
    interface Change {
        void make() throws OsException;
    }

    /**
     * Takes rows of slots for a kind. Takes fewer than wanted if a table has no more.
     *
     * @return the ids of the rows' first slots, at least one
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    static int[] takeRows(Kind kind, Route route, int wanted) {
        SharedTable table = of(route).own(route.image());
        try {
            table.announce();
            return table.takeRows(kind, route, wanted);
        } catch (OsException e) {
            throw Tables.noRoom(SharedTable.ROW, e);
        } finally {
            table.isOwned = SharedTable.FREE;
        }
    }

    private static SharedTables of(Route route) {
        if (!route.isUniversal()) {
            return OF_ROWS;
        }
        try {
            long entry = EntryTable.universal(route).entry(route);
            synchronized (OF_ENTRIES) {
                // No method reference: at the end of a stack, its class could become unusable.
                SharedTables tables = OF_ENTRIES.get(entry);
                if (tables == null) {
                    tables = new SharedTables(entry, route.genericEntry());
                    OF_ENTRIES.put(entry, tables);
                }
                return tables;
            }
        } catch (OsException e) {
            throw Tables.noRoom(SharedTable.ROW, e);
        }
    }

    /** Returns a table with a free row. The current thread owns it. */
    private SharedTable own(TextImage image) {
        SharedTable table = ownExisting();
        if (table != null) {
            return table;
        }
        synchronized (all) {
            // Adding the table must not fail.
            all.ensureCapacity(all.size() + PENDING);
        }
        SharedTable added = SharedTable.add(image, entry, entryAtExit);
        synchronized (all) {
            all.add(added);
        }
        return added;
    }

    private @Nullable SharedTable ownExisting() {
        synchronized (all) {
            // Those with rows are the last ones.
            for (int i = all.size() - 1; i >= 0 && all.get(i).hasRow(); i--) {
                if (all.get(i).tryOwn()) {
                    if (all.get(i).hasRow()) {
                        return all.get(i);
                    }
                    all.get(i).isOwned = SharedTable.FREE;
                }
            }
            return null;
        }
    }

    /**
     * Changes a table, after other threads have finished their changes.
     *
     * @throws IllegalStateException if the system refuses
     */
    static void change(SharedTable table, Change change) {
        while (!table.tryOwn()) {
            BriefWait.once();
        }
        try {
            ProcessExit.beginChange();
            try {
                change.make();
            } finally {
                ProcessExit.endChange();
            }
        } catch (OsException e) {
            throw new IllegalStateException("a table cannot be changed: " + e.getMessage(), e);
        } finally {
            table.isOwned = SharedTable.FREE;
        }
    }
}
