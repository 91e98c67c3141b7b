// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextIndex;
import org.jspecify.annotations.Nullable;

/**
 * Code by index of which only the entries are used, by trampolines with blocks whose argument is a
 * slot's id: the base in its header is 0.
 */
final class EntryTable implements Tables.UnnumberedTable {
    private static volatile @Nullable EntryTable universal;

    private final IndexTableMemory memory;

    private EntryTable(IndexTableMemory memory) {
        this.memory = memory;
    }

    /** The one that leads to the universal gate, for all conventions. */
    static EntryTable universal(Route route) throws OsException {
        EntryTable made = universal;
        if (made == null) {
            // By races: one is as good as another.
            made = add(route);
            universal = made;
        }
        return made;
    }

    /** Maps one more. */
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
