// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextIndex;
import org.jspecify.annotations.Nullable;

/**
 * Code by index for its entries alone. Trampolines with blocks use them, with a slot's id as the
 * argument, so the base in the header is 0.
 */
final class EntryTable implements Tables.UnnumberedTable {
    private static volatile @Nullable EntryTable universal;

    private final IndexTableMemory memory;

    private EntryTable(IndexTableMemory memory) {
        this.memory = memory;
    }

    /** The table that leads to the universal gate, for all conventions. */
    static EntryTable universal(Route route) throws OsException {
        EntryTable made = universal;
        if (made == null) {
            // Several threads may make one; each is as good.
            made = add(route);
            universal = made;
        }
        return made;
    }

    /** Maps one more table. */
    static EntryTable add(Route route) throws OsException {
        TextIndex.CodeByIndex code = route.image().index().byIndex();
        EntryTable table = new EntryTable(IndexTable.map(route, -code.bias()));
        Tables.add(table);
        return table;
    }

    /** The address of a route's entry. */
    long entry(Route route) {
        return memory.code() + route.entryByIndex();
    }

    @Override
    public TableState state() {
        return new TableState(true, false, true, memory.code(), memory.codeSize(), memory.header(),
                memory.headerSize());
    }
}
