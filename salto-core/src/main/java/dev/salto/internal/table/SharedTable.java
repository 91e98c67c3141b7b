// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * A table with blocks whose slots belong to different kinds, a row to each. The blocks of a row are
 * written before one of its function pointers is handed out. A later change is a single store,
 * which is right with every value of all other words.
 *
 * <p>Blocks and call records are read-only, except while a thread that has
 * {@linkplain #tryOwn() taken} the table changes them.
 */
final class SharedTable extends Table {
    static final int FREE = 0;
    private static final int OWNED = 1;
    private static final VarHandle IS_OWNED = findIsOwned();

    /** Rows have entries of their own. */
    static final long NO_ENTRY = 0;

    /**
     * The number of slots with the same entry that are written at a time, because each time takes
     * four system calls.
     */
    private static final int WRITTEN_AT_ONCE = 16 * ROW;

    private final BlockTable blocks;

    /**
     * The entry that all trampolines jump to with the slot's id, until {@link #setEntry}; or {@link
     * #NO_ENTRY}.
     */
    private final long entry;

    /** The number of slots with written blocks. Belongs to the owner. */
    private int written;

    /** The first slot of the next row that nobody has. Belongs to the owner. */
    private int nextRow;

    private boolean isAnnounced;

    /**
     * Whether a thread changes the table. The owner releases it by a write to the field: a call
     * could fail at the end of the stack.
     */
    volatile int isOwned;

    private SharedTable(int number, BlockTable blocks, long entry, String entryAtExit) {
        super(number, blocks.capacity(), null);
        this.entry = entry;
        this.blocks = blocks;
        this.isOwned = OWNED;
        ProcessExit.addTable(number, blocks, entryAtExit);
    }

    /**
     * Maps a table, which belongs to the current thread until it clears {@link #isOwned}.
     *
     * @param entry the entry of all slots, or {@link #NO_ENTRY}
     * @param entryAtExit the name of the entry of all slots when the process ends
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static SharedTable add(TextImage image, long entry, String entryAtExit) {
        return Tables.add(image.index().trampolineCount(), 1, new Maker(image, entry, entryAtExit)).getFirst();
    }

    /** Reports the new table to the Flight Recorder, once. The current thread must own it. */
    void announce() {
        if (!isAnnounced) {
            isAnnounced = true;
            if (Events.isRecording()) {
                Events.tableMapped(blocks.address(0), capacity(), state().dataSize());
            }
        }
    }

    /** No lambda: the first closure of a process would wait for its class. */
    private record Maker(TextImage image, long entry, String entryAtExit)
            implements
                Tables.Maker<SharedTable> {
        @Override
        public List<SharedTable> make(int[] numbers) throws OsException {
            ProcessExit.prepare(image);
            return List.of(new SharedTable(numbers[0], BlockTable.map(image, entry == NO_ENTRY), entry, entryAtExit));
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
     * Gives rows to a kind, as many as the table has. The current thread must own the table.
     *
     * @return the ids of the rows' first slots
     * @throws OsException if the system refuses to let the memory be written, or to forbid that
     *     again
     */
    int[] takeRows(Kind kind, Route route, int wanted) throws OsException {
        int first = nextRow;
        if (entry != NO_ENTRY && first == written) {
            // They depend on nothing but their ids.
            int count = Math.min(WRITTEN_AT_ONCE, capacity() - written);
            write(written, count, route);
            written += count;
        }
        int end = entry == NO_ENTRY ? capacity() : written;
        int[] rows = new int[Math.min(wanted, (end - first) / ROW)];
        if (entry == NO_ENTRY) {
            write(first, rows.length * ROW, route);
        }
        for (int i = 0; i < rows.length; i++) {
            setKindOfRow(first + i * ROW, kind);
            rows[i] = Tables.id(number(), first + i * ROW);
        }
        nextRow = first + rows.length * ROW;
        return rows;
    }

    /** Writes the blocks of slots that nobody has, and their call records if rows have entries. */
    private void write(int first, int count, Route route) throws OsException {
        long[] ids = ids(first, count);
        long[] arguments = entry == NO_ENTRY ? records(first, count) : ids;
        ProcessExit.beginChange();
        try {
            blocks.allowWriting();
            if (entry == NO_ENTRY) {
                blocks.setRecords(first, route.gate(), ids, route.stackSize());
            }
            blocks.setBlocks(first, entry == NO_ENTRY ? blocks.entry(route.entryWithBlocks()) : entry, arguments);
            forbidWriting();
        } finally {
            ProcessExit.endChange();
        }
    }

    private long[] records(int first, int count) {
        long[] records = new long[count];
        for (int i = 0; i < count; i++) {
            records[i] = blocks.record(first + i);
        }
        return records;
    }

    private long[] ids(int first, int count) {
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] = Tables.id(number(), first + i);
        }
        return ids;
    }

    /**
     * Moves the calls of a row from its gate to another gate of the same signature. The current
     * thread must own the table.
     */
    void setGate(int firstSlot, long gate) throws OsException {
        blocks.allowWriting();
        for (int slot = firstSlot; slot < firstSlot + ROW; slot++) {
            blocks.setTarget(slot, gate);
        }
        forbidWriting();
    }

    /**
     * Moves the calls of a row to another entry for the same argument. The current thread must own
     * the table.
     */
    void setEntry(int firstSlot, long other) throws OsException {
        blocks.allowWriting();
        for (int slot = firstSlot; slot < firstSlot + ROW; slot++) {
            blocks.setEntry(slot, other);
        }
        forbidWriting();
    }

    private void forbidWriting() throws OsException {
        blocks.forbidWriting();
        Barrier.beforeHandingOut();
    }

    @Override
    long address(int slot) {
        return blocks.address(slot);
    }

    @Override
    int slotAt(long address) {
        return blocks.slotAt(address);
    }

    @Override
    TableState state() {
        return blocks.state(true, hasSealed());
    }

    private static VarHandle findIsOwned() {
        try {
            return MethodHandles.lookup().findVarHandle(SharedTable.class, "isOwned", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }
}
