// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Code by index for its entries alone. Trampolines with blocks use them, with a slot's id as the
 * argument, so the base in the header is 0.
 */
final class EntryTable implements Tables.UnnumberedTable {
    private static volatile @Nullable EntryTable universal;

    private final IndexTableMemory memory;
    private final TextIndex.CodeByIndex code;

    private EntryTable(IndexTableMemory memory, TextIndex.CodeByIndex code) {
        this.memory = memory;
        this.code = code;
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
        EntryTable table = new EntryTable(IndexTable.map(route, -code.bias()).getFirst(), code);
        Tables.add(table);
        return table;
    }

    /**
     * Maps the table for the end of the process.
     *
     * @param state what {@code exit_gate} reads
     */
    static EntryTable addForExit(TextImage image, long state) throws OsException {
        TextIndex.CodeByIndex code = image.index().byIndex();
        EntryTable table = new EntryTable(
                image.mapIndexTable(code.header(code.entry("exit_gate"), -code.bias(), state, 0, 0)), code);
        Tables.add(table);
        return table;
    }

    /**
     * Has the generic entries call {@code exit_gate}, before they are used.
     *
     * @throws OsException if the system refuses; the caller can try again
     */
    void setUniversalGate() throws OsException {
        MemoryRange header = new MemoryRange(memory.header(), memory.headerSize());
        Os.current().allowWriting(header);
        Memory.putWord(memory.header() + code.headerUniversal(), entry("exit_gate"));
        VarHandle.fullFence();
        Os.current().forbidWriting(header);
    }

    /** The address of an entry. */
    long entry(String name) {
        return memory.code() + code.entry(name);
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
