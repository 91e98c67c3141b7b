// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The tables that have the first closures of all types. They live as long as the process. */
final class SharedTables {
    /** At most so many threads add a table at the same time. */
    private static final int PENDING = 64;

    private static final ArrayList<SharedTable> ALL = new ArrayList<>();

    private SharedTables() {}

    /** A change of a table's memory. */
    interface Change {
        void make() throws OsException;
    }

    /**
     * Takes a row of slots for a kind.
     *
     * @return the id of the first
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    static int takeRow(Kind kind, Route route) {
        SharedTable table = own(route.image());
        try {
            table.announce();
            return table.takeRow(kind, route);
        } catch (OsException e) {
            throw Tables.noRoom(SharedTable.ROW, e);
        } finally {
            table.isOwned = SharedTable.FREE;
        }
    }

    /** A table with a row that nobody has, which is the current thread's. */
    private static SharedTable own(TextImage image) {
        SharedTable table = ownExisting();
        if (table != null) {
            return table;
        }
        synchronized (ALL) {
            // So that adding the table cannot fail.
            ALL.ensureCapacity(ALL.size() + PENDING);
        }
        SharedTable added = SharedTable.add(image);
        synchronized (ALL) {
            ALL.add(added);
        }
        return added;
    }

    private static @Nullable SharedTable ownExisting() {
        synchronized (ALL) {
            // Those with rows are the last ones.
            for (int i = ALL.size() - 1; i >= 0 && ALL.get(i).hasRow(); i--) {
                if (ALL.get(i).tryOwn()) {
                    if (ALL.get(i).hasRow()) {
                        return ALL.get(i);
                    }
                    ALL.get(i).isOwned = SharedTable.FREE;
                }
            }
            return null;
        }
    }

    /**
     * Changes a table, when no other thread does.
     *
     * @throws IllegalStateException if the system refuses
     */
    static void change(SharedTable table, Change change) {
        while (!table.tryOwn()) {
            BriefWait.once();
        }
        try {
            change.make();
        } catch (OsException e) {
            throw new IllegalStateException("a table cannot be changed: " + e.getMessage(), e);
        } finally {
            table.isOwned = SharedTable.FREE;
        }
    }
}
