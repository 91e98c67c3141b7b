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
import java.lang.foreign.MemorySegment;

/**
 * The memory of a table with blocks. A {@code bind_} entry reads a slot's <em>call record</em>
 * through the slot's block.
 */
final class BlockTable implements Tables.UnnumberedTable {
    private final TextIndex index;
    private final TableMemory memory;

    /** Of size 0 if there are no call records. */
    private final MemoryRange records;

    private final Grid grid;
    private final long first;
    private volatile boolean isSealed;

    private BlockTable(TextIndex index, TableMemory memory, MemoryRange records) {
        this.index = index;
        this.memory = memory;
        this.records = records;
        this.grid = new Grid(index.trampolineCount(), index.trampolineSize(), index.trampolinesInLine(),
                index.lineSize());
        this.first = memory.code() + index.trampolineOffset();
    }

    /**
     * Maps a table.
     *
     * @param hasRecords whether it has a call record for each slot
     */
    static BlockTable map(TextImage image, boolean hasRecords) throws OsException {
        TextIndex index = image.index();
        if (!hasRecords) {
            return new BlockTable(index, image.mapTable(), new MemoryRange(0, 0));
        }
        MemoryRange records = Os.current().map((long) index.trampolineCount() * index.callSize());
        try {
            return new BlockTable(index, image.mapTable(), records);
        } catch (OsException | RuntimeException | Error e) {
            Os.current().unmap(records);
            throw e;
        }
    }

    /**
     * Maps a table that its owner writes, for calls that do not lead to Java.
     *
     * @param hasRecords as in {@link #map}
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static BlockTable add(TextImage image, boolean hasRecords) {
        try {
            BlockTable table = map(image, hasRecords);
            Tables.add(table);
            Events.tableMapped(table.first, table.capacity(), table.state().dataSize());
            return table;
        } catch (OsException e) {
            throw Tables.noRoom(image.index().trampolineCount(), e);
        }
    }

    /** How many slots it has. */
    int capacity() {
        return index.trampolineCount();
    }

    /** The function pointer of a slot. */
    long address(int slot) {
        return first + grid.offset(slot);
    }

    /** The slot of a function pointer, or {@link Tables#NONE}. */
    int slotAt(long address) {
        return grid.slotAt(address - first);
    }

    /** The address of a slot's call record. */
    long record(int slot) {
        return records.address() + (long) slot * index.callSize();
    }

    /** Writes a slot's call record. */
    void setRecord(int slot, long target, long argument, long stackSize) {
        setRecords(slot, target, new long[]{argument}, stackSize);
    }

    /** Writes the call records of slots that follow each other and differ in their arguments. */
    void setRecords(int first, long target, long[] arguments, long stackSize) {
        int size = index.callSize() / Memory.WORD_SIZE;
        long[] words = new long[arguments.length * size];
        for (int i = 0; i < arguments.length; i++) {
            words[i * size + index.callTarget() / Memory.WORD_SIZE] = target;
            words[i * size + index.callArgument() / Memory.WORD_SIZE] = arguments[i];
            words[i * size + index.callStackSize() / Memory.WORD_SIZE] = stackSize;
        }
        Memory.setWords(record(first), words);
    }

    /** Sets the target of the {@code bind_} entry, with release. */
    void setTarget(int slot, long target) {
        Memory.setWordRelease(record(slot) + index.callTarget(), target);
    }

    /** The address of this table's own copy of an entry. */
    long entry(String name) {
        return memory.code() + index.entry(name);
    }

    /** Lets blocks and call records be written. */
    void allowWriting() throws OsException {
        memory.allowWriting();
        if (records.size() > 0) {
            Os.current().allowWriting(records);
        }
    }

    /** Makes blocks and call records read-only, until writing is allowed again. */
    void forbidWriting() throws OsException {
        if (records.size() > 0) {
            Os.current().forbidWriting(records);
        }
        memory.forbidWriting();
    }

    /** Sets where a slot's trampoline jumps, with release. */
    void setEntry(int slot, long address) {
        Memory.setWordRelease(block(slot) + index.blockEntry(), address);
    }

    /** Sets the word that a slot's trampoline loads into the scratch register. */
    void setArgument(int slot, long argument) {
        Memory.setWord(block(slot) + index.blockArgument(), argument);
    }

    /**
     * Writes the blocks of slots that follow each other and differ in their arguments. Nobody has
     * their function pointers.
     */
    void setBlocks(int first, long entry, long[] arguments) {
        int size = index.blockSize() / Memory.WORD_SIZE;
        long[] words = new long[arguments.length * size];
        for (int i = 0; i < arguments.length; i++) {
            words[i * size + index.blockEntry() / Memory.WORD_SIZE] = entry;
            words[i * size + index.blockArgument() / Memory.WORD_SIZE] = arguments[i];
        }
        Memory.setWords(block(first), words);
    }

    /** The pages with the blocks. */
    MemoryRange pages() {
        return new MemoryRange(memory.parameters(), memory.parametersSize());
    }

    /** The address of the first trampoline's entry. */
    long firstEntry() {
        return block(0) + index.blockEntry();
    }

    /** The distance from one block to the next, in bytes. */
    int blockSize() {
        return index.blockSize();
    }

    private long block(int slot) {
        return memory.parameters() + (long) slot * index.blockSize();
    }

    /** The blocks, in the order of their trampolines. */
    MemorySegment blocks() {
        return memory.parametersAsSegment();
    }

    /**
     * Lets the blocks be written again after {@link #seal} failed.
     *
     * @throws IllegalStateException if the system refuses
     */
    void unseal() {
        try {
            memory.allowWriting();
        } catch (OsException e) {
            throw new IllegalStateException("a table that could not be sealed cannot be written again: "
                    + e.getMessage() + "; try again", e);
        }
    }

    /**
     * Makes the blocks read-only for good. The caller may try again after a failure.
     *
     * @throws IllegalStateException if the system refuses
     */
    void seal() {
        try {
            memory.seal();
            isSealed = true;
        } catch (OsException e) {
            throw new IllegalStateException("a table cannot be sealed: " + e.getMessage() + "; try again", e);
        }
    }

    @Override
    public TableState state() {
        return state(isSealed, isSealed);
    }

    /** The table's part of a report. */
    TableState state(boolean isReadOnly, boolean sealed) {
        return new TableState(isReadOnly, sealed, false, memory.code(), memory.codeSize(), memory.parameters(),
                memory.parametersSize() + records.size());
    }
}
