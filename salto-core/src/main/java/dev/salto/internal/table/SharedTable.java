// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.os.TableMemory;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A table with blocks whose slots belong to different kinds, a row to each. The blocks of a row are
 * written before one of its function pointers is handed out. A later change is a single store that
 * is right with every value of all other words.
 *
 * <p>A slot's <em>call record</em> is what a {@code bind_} entry reads by way of the block. Blocks
 * and records are read-only, except while a thread that has {@linkplain #tryOwn() taken} the table
 * changes them.
 */
final class SharedTable extends Table {
    static final int FREE = 0;
    private static final int OWNED = 1;
    private static final VarHandle IS_OWNED = findIsOwned();

    private final TextIndex index;
    private final TableMemory memory;
    private final MemoryRange records;
    private final Grid grid;
    private final long first;

    /** The first slot of the next row that nobody has. Belongs to the owner. */
    private int nextRow;

    private boolean isAnnounced;

    /**
     * Whether a thread changes the table. Its owner releases it by writing the field: a call could
     * fail at the stack's end.
     */
    volatile int isOwned;

    private SharedTable(int number, TextIndex index, TableMemory memory, MemoryRange records) {
        super(number, index.trampolineCount(), null);
        this.index = index;
        this.memory = memory;
        this.records = records;
        this.grid = new Grid(index.trampolineCount(), index.trampolineSize(), index.trampolinesInLine(),
                index.lineSize());
        this.first = memory.code() + index.trampolineOffset();
    }

    /**
     * Maps a table, which belongs to the current thread until that clears {@link #isOwned}.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static SharedTable add(TextImage image) {
        return Tables.add(image.index().trampolineCount(), new Maker(image));
    }

    /** Tells of the table, if nobody has. The current thread must own it. */
    void announce() {
        if (!isAnnounced) {
            isAnnounced = true;
            Events.tableMapped(first, capacity(), state().dataSize());
        }
    }

    /** No lambda, whose class the first closure of a process would wait for. */
    private record Maker(TextImage image) implements Tables.Maker<SharedTable> {
        @Override
        public SharedTable make(int number) throws OsException {
            TextIndex index = image.index();
            MemoryRange records = Os.current().map((long) index.trampolineCount() * index.callSize());
            try {
                SharedTable table = new SharedTable(number, index, image.mapTable(), records);
                table.isOwned = OWNED;
                return table;
            } catch (OsException | RuntimeException | Error e) {
                Os.current().unmap(records);
                throw e;
            }
        }
    }

    /** Takes the table, unless another thread has it. */
    boolean tryOwn() {
        return IS_OWNED.compareAndSet(this, FREE, OWNED);
    }

    boolean hasRow() {
        return nextRow + ROW <= capacity();
    }

    /**
     * Gives a row to a kind. The current thread must own the table.
     *
     * @return the id of the row's first slot
     * @throws OsException if the system refuses to let the memory be written, or to forbid that
     *     again
     */
    int takeRow(Kind kind, Route route) throws OsException {
        int row = nextRow;
        long universalEntry = route.isUniversal() ? EntryTable.universal(route).entry(route) : 0;
        allowWriting();
        for (int slot = row; slot < row + ROW; slot++) {
            int id = Tables.id(number(), slot);
            if (route.isUniversal()) {
                write(slot, universalEntry, id);
            } else {
                long call = record(slot);
                Memory.setWord(call + index.callTarget(), route.gate());
                Memory.setWord(call + index.callArgument(), id);
                Memory.setWord(call + index.callStackSize(), route.stackSize());
                write(slot, memory.code() + route.entryWithBlocks(), call);
            }
        }
        forbidWriting();
        setKindOfRow(row, kind);
        nextRow = row + ROW;
        return Tables.id(number(), row);
    }

    private void write(int slot, long entry, long argument) {
        long block = block(slot);
        Memory.setWord(block + index.blockArgument(), argument);
        Memory.setWord(block + index.blockEntry(), entry);
    }

    private long block(int slot) {
        return memory.parameters() + (long) slot * index.blockSize();
    }

    private long record(int slot) {
        return records.address() + (long) slot * index.callSize();
    }

    /**
     * Leads the calls of a row that go through a gate to another gate of the same signature. The
     * current thread must own the table.
     */
    void setGate(int firstSlot, long gate) throws OsException {
        allowWriting();
        for (int slot = firstSlot; slot < firstSlot + ROW; slot++) {
            Memory.setWordRelease(record(slot) + index.callTarget(), gate);
        }
        forbidWriting();
    }

    /**
     * Leads the calls of a row to another entry for the same argument. The current thread must own
     * the table.
     */
    void setEntry(int firstSlot, long entry) throws OsException {
        allowWriting();
        for (int slot = firstSlot; slot < firstSlot + ROW; slot++) {
            Memory.setWordRelease(block(slot) + index.blockEntry(), entry);
        }
        forbidWriting();
    }

    private void allowWriting() throws OsException {
        memory.allowWriting();
        Os.current().allowWriting(records);
    }

    private void forbidWriting() throws OsException {
        Os.current().forbidWriting(records);
        memory.forbidWriting();
        Barrier.beforeHandingOut();
    }

    @Override
    long address(int slot) {
        return first + grid.offset(slot);
    }

    @Override
    int slotAt(long address) {
        return grid.slotAt(address - first);
    }

    @Override
    TableState state() {
        return new TableState(true, hasSealed(), false, memory.code(), memory.codeSize(), memory.parameters(),
                memory.parametersSize() + records.size());
    }

    private static VarHandle findIsOwned() {
        try {
            return MethodHandles.lookup().findVarHandle(SharedTable.class, "isOwned", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }
}
