// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextIndex;

/**
 * A table of one kind, whose trampolines know their index only. What they all need is in the
 * table's header, which is filled before it is mapped, and read-only.
 */
final class IndexTable extends Table {
    private final TextIndex.CodeByIndex code;
    private final IndexTableMemory memory;
    private final Grid grid;
    private final int size;
    private final long first;

    private boolean isAnnounced;

    /** Where the header leads. */
    private Route route;

    private IndexTable(int number, Kind kind, Route route, IndexTableMemory memory) {
        super(number, route.image().index().byIndex().trampolineCount(), kind);
        this.code = route.image().index().byIndex();
        this.memory = memory;
        this.grid = new Grid(code.trampolineCount(), code.trampolineSize(), 1, code.trampolineSize());
        this.size = code.trampolineSize();
        this.first = code.trampoline(memory.code(), 0);
        this.route = route;
    }

    /**
     * Maps a table.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static Table add(Route route, Kind kind) {
        return Tables.add(route.image().index().byIndex().trampolineCount(),
                number -> new IndexTable(number, kind, route, map(route, Tables.id(number, 0))));
    }

    /** Tells of the table, if nobody has. */
    synchronized void announce() {
        if (!isAnnounced) {
            isAnnounced = true;
            Events.tableMapped(first, capacity(), memory.headerSize());
        }
    }

    /** Maps code by index, whose first trampoline has a certain argument. */
    static IndexTableMemory map(Route route, int firstArgument) throws OsException {
        return route.image().mapIndexTable(route.image().index().byIndex().header(route.entryByIndex(), firstArgument,
                route.gate(), route.stackSize(), route.universalGate()));
    }

    /**
     * Leads all calls another way, to where the same signature's calls can go. Each change of the
     * header is a store of one word.
     *
     * <p>A gate becomes another one of the same signature: that is right with every value of the
     * other words. The universal gate's entry becomes one that appends: the words that only such an
     * entry reads are written first. The jump through the header orders no loads on AArch64, Arm,
     * RISC-V and LoongArch, so all threads execute a barrier in between.
     *
     * @throws OsException if the system refuses; calls then go the one way or the other
     */
    synchronized void lead(Route other) throws OsException {
        if (other.equals(route)) {
            return;
        }
        if (other.stackSize() != route.stackSize()) {
            memory.setHeaderWord(code.headerStackSize(), other.stackSize());
        }
        memory.setHeaderWord(code.headerGate(), other.gate());
        if (other.isUniversal() != route.isUniversal()) {
            Barrier.beforeHandingOut();
            memory.setHeaderWord(code.headerEntry(), memory.code() + other.entryByIndex());
        }
        route = other;
    }

    @Override
    long address(int slot) {
        return first + (long) slot * size;
    }

    @Override
    int slotAt(long address) {
        return grid.slotAt(address - first);
    }

    @Override
    TableState state() {
        return new TableState(true, hasSealed(), isEmptied(), memory.code(), memory.codeSize(),
                memory.header(), memory.headerSize());
    }
}
