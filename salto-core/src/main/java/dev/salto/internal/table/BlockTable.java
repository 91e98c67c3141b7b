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

/** A table with blocks that its owner writes, for calls that do not lead to Java. */
final class BlockTable implements Tables.UnnumberedTable {
    private final TextIndex index;
    private final TableMemory memory;
    private final MemoryRange records;
    private final Grid grid;
    private volatile boolean isSealed;

    private BlockTable(TextIndex index, TableMemory memory, MemoryRange records) {
        this.index = index;
        this.memory = memory;
        this.records = records;
        this.grid = new Grid(index.trampolineCount(), index.trampolineSize(), index.trampolinesInLine(),
                index.lineSize());
    }

    /**
     * Maps a table.
     *
     * @param hasRecords whether it has a call record for each slot
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static BlockTable add(TextImage image, boolean hasRecords) {
        TextIndex index = image.index();
        try {
            MemoryRange records = hasRecords
                    ? Os.current().map((long) index.trampolineCount() * index.callSize())
                    : new MemoryRange(0, 0);
            try {
                BlockTable table = new BlockTable(index, image.mapTable(), records);
                Tables.add(table);
                Events.tableMapped(table.address(0), table.capacity(), table.state().dataSize());
                return table;
            } catch (OsException | RuntimeException | Error e) {
                if (hasRecords) {
                    Os.current().unmap(records);
                }
                throw e;
            }
        } catch (OsException e) {
            throw Tables.noRoom(index.trampolineCount(), e);
        }
    }

    /** How many slots it has. */
    int capacity() {
        return index.trampolineCount();
    }

    /** The function pointer of a slot. */
    long address(int slot) {
        return memory.code() + index.trampolineOffset() + grid.offset(slot);
    }

    /** The call record of a slot. */
    MemorySegment record(int slot) {
        return MemorySegment.ofAddress(records.address() + (long) slot * index.callSize())
                .reinterpret(index.callSize());
    }

    /** The address of this table's own copy of an entry. */
    long entry(String name) {
        return memory.code() + index.entry(name);
    }

    /** Sets where a slot's trampoline jumps, with release. */
    void setEntry(int slot, long address) {
        Memory.setWordRelease(block(slot) + index.blockEntry(), address);
    }

    /** Sets what a slot's trampoline loads into the scratch register. */
    void setArgument(int slot, long argument) {
        Memory.setWord(block(slot) + index.blockArgument(), argument);
    }

    private long block(int slot) {
        return memory.parameters() + (long) slot * index.blockSize();
    }

    /** The blocks, in the order of their trampolines. */
    MemorySegment blocks() {
        return memory.parametersAsSegment();
    }

    /**
     * Makes the blocks read-only for good.
     *
     * @throws IllegalStateException if the system refuses
     */
    void seal() {
        try {
            memory.seal();
            isSealed = true;
        } catch (OsException e) {
            throw new IllegalStateException("a table cannot be sealed: " + e.getMessage(), e);
        }
    }

    @Override
    public TableState state() {
        return new TableState(isSealed, isSealed, false, memory.code(), memory.codeSize(), memory.parameters(),
                memory.parametersSize() + records.size());
    }
}
