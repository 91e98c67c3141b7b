// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of one kind, whose trampolines know only their index. The table's header has the rest. It
 * is filled before the code can run, and read-only.
 */
final class IndexTable extends Table {
    private final TextIndex.CodeByIndex code;
    private final IndexTableMemory memory;
    private final Grid grid;
    private final int size;
    private final long first;

    private boolean isAnnounced;

    /** The route in the header. */
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
     * Maps tables, at least one. All but the first are empty.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static List<Table> add(Route route, Kind kind, int wanted) {
        return Tables.add(route.image().index().byIndex().trampolineCount(), wanted,
                numbers -> make(route, kind, numbers));
    }

    private static List<Table> make(Route route, Kind kind, int[] numbers) throws OsException {
        int[] first = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            first[i] = Tables.id(numbers[i], 0);
        }
        List<IndexTableMemory> memory = map(route, first);
        List<Table> tables = new ArrayList<>(memory.size());
        for (int i = 0; i < memory.size(); i++) {
            tables.add(new IndexTable(numbers[i], kind, route, memory.get(i)));
        }
        ProcessExit.addTables(route, memory);
        return tables;
    }

    /** Reports the new table to the Flight Recorder, once. */
    synchronized void announce() {
        if (!isAnnounced) {
            isAnnounced = true;
            Events.tableMapped(first, capacity(), memory.headerSize());
        }
    }

    /**
     * Maps code by index, at least once.
     *
     * @param firstArguments the argument of each table's first trampoline
     */
    static List<IndexTableMemory> map(Route route, int... firstArguments) throws OsException {
        ProcessExit.prepare(route.image());
        long universalGate = route.isUniversal() ? route.universalGate() : ProcessExit.gate();
        TextIndex.CodeByIndex code = route.image().index().byIndex();
        int entry = route.entryByIndex();
        long[][] headers = new long[firstArguments.length][];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = code.header(entry, firstArguments[i], route.gate(), route.stackSize(), universalGate);
        }
        return route.image().mapIndexTables(headers);
    }

    /**
     * Moves all calls to another route for the same signature. Each change of the header is a store
     * of one word.
     *
     * <p>A new gate of the same signature is right with every value of the other words. For a gate
     * instead of the universal gate, the entry changes to one that appends. The words that only
     * such an entry reads are written first. The jump through the header orders no loads on
     * AArch64, Arm, RISC-V and LoongArch, so all threads execute a barrier in between.
     *
     * @throws OsException if the system refuses; calls then use the old or the new route
     */
    synchronized void lead(Route other) throws OsException {
        if (other.equals(route)) {
            return;
        }
        ProcessExit.beginChange();
        try {
            write(other);
        } finally {
            ProcessExit.endChange();
        }
        route = other;
    }

    private void write(Route other) throws OsException {
        if (other.stackSize() != route.stackSize()) {
            memory.setHeaderWord(code.headerStackSize(), other.stackSize());
        }
        memory.setHeaderWord(code.headerGate(), other.gate());
        if (other.isUniversal() != route.isUniversal()) {
            Barrier.beforeHandingOut();
            memory.setHeaderWord(code.headerEntry(), memory.code() + other.entryByIndex());
        }
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
