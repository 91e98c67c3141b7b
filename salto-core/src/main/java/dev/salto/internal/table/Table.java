// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.text.SystemCallException;
import dev.salto.internal.text.TableMemory;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One table: the memory of its trampolines and parameter blocks, and which of its slots are free. A slot is a trampoline with its
 * parameter block. Slots that were given back are handed out again in the order in which they came back.
 *
 * <p>The free slots are a list threaded through an array of two bytes for each slot. Its methods are for one thread at a time (the
 * pool's lock); those that write a block may be called from any thread that has the slot, if the table is never sealed.
 *
 * <p><b>Publication order.</b> A trampoline reads its two words one after the other, with nothing between them that would keep a weakly ordered
 * processor (AArch64, Arm, riscv64, ppc64le, LoongArch) from seeing them in another order than they were written in. So no call may depend on that order:
 * <ul>
 * <li>The header and, in a fresh slot, the argument are written before the entry, which is written with release, and the function pointer is handed out
 * after that: whoever has it, by whatever synchronisation hands over a pointer, sees all three.
 * <li>In a slot that is used again only the entry changes, between two addresses that are both right for the argument. A caller
 * with a stale pointer, which has synchronised with nobody, reaches the one or the other.
 * <li>The object that a slot is bound to is written with release before that, and read with acquire by the dispatcher.
 * </ul>
 * Words are aligned, so that each is read as a whole.
 *
 * <p>A <em>protected</em> table can be written only during its own methods that do so; a <em>sealed</em> one never again.
 */
final class Table {
    private static final VarHandle WORD = Words.ACCESS;
    private static final short NONE = -1;

    private final int number;
    private final TextIndex index;
    private final TableMemory memory;
    private final boolean isProtected;
    private final long code;
    private final MemorySegment parameters;

    /** Where the first block's entry is in the parameter table, and how far it is to the next one's, in bytes. */
    private final long firstEntry;
    private final long blockSize;

    private final short[] nextFree;
    private short firstFree = NONE;
    private short lastFree = NONE;
    private int used;
    private int everUsed;
    private long taken;
    private boolean catchesCalls;
    private boolean isSealed;

    Table(int number, TextIndex index, TableMemory memory, boolean isProtected) {
        this.number = number;
        this.index = index;
        this.memory = memory;
        this.isProtected = isProtected;
        this.code = memory.code().address();
        this.parameters = memory.parameters();
        this.firstEntry = (long) index.blockOffset() + index.blockEntry();
        this.blockSize = index.blockSize();
        this.nextFree = new short[index.trampolineCount()];
    }

    int number() {
        return number;
    }

    /** Whether there is a slot to take. */
    boolean hasRoom() {
        return firstFree != NONE || everUsed < nextFree.length;
    }

    /** Whether the slot that {@link #take} returns next has never been handed out before. */
    boolean isNextFresh() {
        return firstFree == NONE;
    }

    /** Takes a free slot; there has to be one. */
    int take() {
        used++;
        taken++;
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

    /** Lets go of a slot, which is not free before {@link #recycle}. */
    void release() {
        used--;
    }

    /** Makes a slot free that was let go. */
    void recycle(int slot) {
        nextFree[slot] = NONE;
        if (lastFree == NONE) {
            firstFree = (short) slot;
        } else {
            nextFree[lastFree] = (short) slot;
        }
        lastFree = (short) slot;
    }

    /** For reports. */
    TableState state() {
        return new TableState(used, taken, isProtected, isSealed, code, parameters.address(), parameters.byteSize());
    }

    boolean isSealed() {
        return isSealed;
    }

    /**
     * Makes the parameter table read-only for good.
     *
     * @throws IllegalStateException if the system refuses
     */
    void seal() {
        try {
            memory.seal();
            isSealed = true;
        } catch (SystemCallException e) {
            throw new IllegalStateException("a table cannot be sealed: " + e.getMessage(), e);
        }
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
        write((long) index.headerCall() + index.callTarget(), target, (long) index.headerCall() + index.callStackSize(),
                stackSize);
    }

    /** Whether this table's {@code caught} entries may be used. */
    boolean catchesCalls() {
        return catchesCalls;
    }

    /** Sets the function that this table's {@code caught} entries call. */
    void setCatcher(long address) {
        setWordRelease(index.headerCatcher(), address);
        catchesCalls = true;
    }

    /** Sets where a slot's trampoline jumps. What was written to the table before is visible to whoever gets there. */
    void setEntryRelease(int slot, long address) {
        setWordRelease(firstEntry + slot * blockSize, address);
    }

    private void setWordRelease(long place, long value) {
        if (isProtected) {
            writeProtected(place, value, place, value);
        } else {
            WORD.setRelease(parameters, place, value);
        }
    }

    /** Sets where a slot's trampoline jumps, with release, after what it loads into the scratch register. */
    void set(int slot, long address, long argument) {
        long block = index.blockOffset() + slot * blockSize;
        write(block + index.blockArgument(), argument, block + index.blockEntry(), address);
    }

    private void write(long place, long value, long secondPlace, long secondValue) {
        if (isProtected) {
            writeProtected(place, value, secondPlace, secondValue);
        } else {
            WORD.set(parameters, place, value);
            WORD.setRelease(parameters, secondPlace, secondValue);
        }
    }

    /** One writer at a time, so that none takes the right to write away from another. */
    private synchronized void writeProtected(long place, long value, long secondPlace, long secondValue) {
        try {
            memory.allowWriting();
            WORD.set(parameters, place, value);
            WORD.setRelease(parameters, secondPlace, secondValue);
            memory.forbidWriting();
        } catch (SystemCallException e) {
            throw new IllegalStateException("a protected table cannot be changed: " + e.getMessage(), e);
        }
    }

    /** The parameter blocks, in the order of their trampolines. */
    MemorySegment blocks() {
        return parameters.asSlice(index.blockOffset());
    }
}
