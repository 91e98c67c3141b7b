// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.text.TextImage;
import java.util.HashMap;
import java.util.Map;

/** Tables whose slots belong to different functions, a row of them to each, for good. They live as long as the process. */
final class SharedTables {
    /** How many slots a function gets. A power of two. */
    static final int ROW = 16;

    /** Those that have rows left, by the entry that their trampolines lead to. */
    private static final Map<String, Shared> OPEN = new HashMap<>();

    private static final class Shared {
        final Table table;
        int next;

        Shared(Table table) {
            this.table = table;
        }
    }

    private SharedTables() {}

    /**
     * Takes the slots for one more function. Their trampolines lead to the universal gate, in a sealed table, too.
     *
     * @param entry the name of the generic entry
     * @param kind what the closures are
     * @return the id of the first
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    static synchronized int takeRow(TextImage image, String entry, long universalGate, ClosureKind kind) {
        Shared shared = OPEN.get(entry);
        if (shared == null || shared.next + ROW > shared.table.capacity()) {
            shared = new Shared(Tables.addShared(image));
            shared.table.leadAll(image.index().entry(entry));
            shared.table.setUniversalGate(universalGate);
            OPEN.put(entry, shared);
        }
        Table table = shared.table;
        int first = shared.next;
        Tables.setKindOfRow(table, first, kind);
        shared.next = first + ROW;
        return Tables.id(table, first);
    }

    /**
     * Leads the calls of a slot to an entry. Under the lock that a table is sealed under, because writing to a sealed one would end the process.
     *
     * @return false if its table is sealed, and the slot leads where it did
     */
    static synchronized boolean lead(int id, long address) {
        Table table = Tables.table(id);
        if (table.isSealed()) {
            return false;
        }
        table.setEntryRelease(Tables.slot(id), address);
        return true;
    }

    /** Makes a table unchangeable for good. */
    static synchronized void seal(Table table) {
        if (!table.isSealed()) {
            table.seal();
        }
    }
}
