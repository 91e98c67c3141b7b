// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.internal.text.TextIndex;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One table: the memory of its trampolines and parameter blocks, and which of its slots are free. A slot is a trampoline with its
 * parameter block. Slots that were given back are handed out again in the order in which they came back.
 *
 * <p>The free slots are a list threaded through an array of two bytes for each slot. Its methods are for one thread at a time (the
 * pool's lock); those that write a block may be called from any thread that has the slot.
 */
final class Table {
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final short NONE = -1;

    private final int number;
    private final TextIndex index;
    private final long code;
    private final MemorySegment parameters;

    private final short[] nextFree;
    private short firstFree = NONE;
    private short lastFree = NONE;
    private int used;
    private int everUsed;

    Table(int number, TextIndex index, MemorySegment memory) {
        this.number = number;
        this.index = index;
        this.code = memory.address();
        this.parameters = memory.asSlice(index.codeSize());
        this.nextFree = new short[index.trampolineCount()];
    }

    int number() {
        return number;
    }

    boolean isFull() {
        return used == nextFree.length;
    }

    /** Whether the slot that {@link #take} returns next has never been handed out before. */
    boolean isNextFresh() {
        return firstFree == NONE;
    }

    /** Takes a free slot; there has to be one. */
    int take() {
        used++;
        if (firstFree == NONE) {
            return everUsed++;
        }
        short slot = firstFree;
        firstFree = nextFree[slot];
        if (firstFree == NONE) {
            lastFree = NONE;
        }
        return slot;
    }

    void giveBack(int slot) {
        used--;
        nextFree[slot] = NONE;
        if (lastFree == NONE) {
            firstFree = (short) slot;
        } else {
            nextFree[lastFree] = (short) slot;
        }
        lastFree = (short) slot;
    }

    /** The address of a slot's trampoline: the function pointer. */
    long trampoline(int slot) {
        return code + index.trampolineOffset() + (long) slot * index.trampolineSize();
    }

    /** The address of this table's own copy of an entry, which reads this table's header. */
    long entry(int offset) {
        return code + offset;
    }

    /** Sets what this table's {@code append_} entries do. */
    void setCall(long target, long stackSize) {
        WORD.set(parameters, (long) index.headerCall() + index.callTarget(), target);
        WORD.set(parameters, (long) index.headerCall() + index.callStackSize(), stackSize);
    }

    /** Sets where a slot's trampoline jumps. What was written to the table before is visible to whoever gets there. */
    void setEntryRelease(int slot, long address) {
        WORD.setRelease(parameters, word(slot, index.blockEntry()), address);
    }

    /** Sets what a slot's trampoline loads into the scratch register. */
    void setArgument(int slot, long argument) {
        WORD.set(parameters, word(slot, index.blockArgument()), argument);
    }

    /** The parameter blocks, in the order of their trampolines. */
    MemorySegment blocks() {
        return parameters.asSlice(index.blockOffset());
    }

    private long word(int slot, int offsetInBlock) {
        return index.blockOffset() + (long) slot * index.blockSize() + offsetInBlock;
    }
}
