// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.os.TableMemory;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One table: the memory of its trampolines and parameter blocks. A slot is a trampoline with its parameter block.
 *
 * <p>What changes the table as a whole is for one thread at a time, which has the lock of the pool's depot, or has yet to add the table there; a block may be written by any thread that has the
 * slot, in a table that can be sealed or retired only under the lock of a stripe.
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
 * <p>A <em>protected</em> table can be written only during its own methods that do so; a <em>sealed</em> one never again; a <em>retired</em> one not before it is
 * revived.
 */
final class Table {
    private final int number;
    private final TextIndex index;
    private final TableMemory memory;
    private final boolean isProtected;
    private final @Nullable Object owner;
    private final long code;
    private final long parameters;

    /** The address of the first block's entry, and how far it is to the next one's, in bytes. */
    private final long firstEntry;

    private final long blockSize;
    private final long firstTrampoline;
    private final int trampolineSize;
    private final int trampolinesInLine;

    /** How many bytes there are behind the trampolines of a line. */
    private final int gap;

    /** By what to multiply instead of dividing by the number of trampolines in a line, and by its size. */
    private final long inverseOfCount;
    private final long inverseOfSize;

    private int handedOut;

    /** A bit for each slot that was used before and is free, in the pool's depot; short until there is one. */
    private long[] free = {};

    private int freeCount;

    /** The stripe that gets its free slots; null if any may. */
    private @Nullable Stripe holder;

    private volatile boolean catchesCalls;
    private boolean isSealed;

    /** What is mapped in place of this table's parameters while it is retired; null while it is not. */
    private @Nullable Table grave;

    /** A table of fresh memory. */
    Table(int number, TextIndex index, TableMemory memory, boolean isProtected, @Nullable Object owner) {
        this.number = number;
        this.index = index;
        this.memory = memory;
        this.isProtected = isProtected;
        this.owner = owner;
        this.code = memory.code();
        this.parameters = memory.parameters();
        this.firstEntry = parameters + index.blockOffset() + index.blockEntry();
        this.blockSize = index.blockSize();
        this.firstTrampoline = code + index.trampolineOffset();
        this.trampolineSize = index.trampolineSize();
        this.trampolinesInLine = index.trampolinesInLine();
        this.gap = index.lineSize() - trampolinesInLine * trampolineSize;
        this.inverseOfCount = inverse(trampolinesInLine);
        this.inverseOfSize = inverse(index.lineSize());
    }

    int number() {
        return number;
    }

    /** Whose table it is; null if it has no pool. */
    @Nullable
    Object owner() {
        return owner;
    }

    /** How many slots it has. */
    int capacity() {
        return index.trampolineCount();
    }

    /** How many slots were handed out at least once: the first ones. */
    int handedOut() {
        return handedOut;
    }

    /** Whether there are slots that were never handed out. */
    boolean hasFresh() {
        return handedOut < index.trampolineCount();
    }

    /**
     * Hands out slots that never were.
     *
     * @param most how many at the most
     * @return how many; the first is the one that {@link #handedOut} said
     */
    int handOut(int most) {
        int count = Math.min(most, index.trampolineCount() - handedOut);
        handedOut += count;
        return count;
    }

    /** How many free slots there are, without those that were never handed out. */
    int freeCount() {
        return freeCount;
    }

    boolean hasFree() {
        return freeCount > 0;
    }

    @Nullable
    Stripe holder() {
        return holder;
    }

    void setHolder(@Nullable Stripe stripe) {
        holder = stripe;
    }

    /** Whether all slots that were ever handed out are free. */
    boolean isUnused() {
        return freeCount == handedOut;
    }

    void addFree(int slot) {
        if (free.length == 0) {
            free = new long[(capacity() + Long.SIZE - 1) / Long.SIZE];
        }
        free[slot / Long.SIZE] |= 1L << slot;
        freeCount++;
    }

    /**
     * Takes the first free slots, and writes their ids from the last one to the first.
     *
     * @param most how many at the most
     * @return how many
     */
    int takeFree(int[] ids, int most) {
        int count = Math.min(most, freeCount);
        int place = count;
        for (int word = 0; place > 0; word++) {
            long bits = free[word];
            int first = Tables.id(this, word * Long.SIZE);
            while (bits != 0 && place > 0) {
                ids[--place] = first + Long.numberOfTrailingZeros(bits);
                bits &= bits - 1;
            }
            free[word] = bits;
        }
        freeCount -= count;
        return count;
    }

    /** The address of its code. */
    long code() {
        return code;
    }

    /** The size of its parameters in bytes. */
    long parametersSize() {
        return memory.parametersSize();
    }

    /** For reports. */
    TableState state() {
        return new TableState(isProtected, isSealed, isRetired(), code, parameters, memory.parametersSize());
    }

    boolean isSealed() {
        return isSealed;
    }

    boolean isRetired() {
        return grave != null;
    }

    /**
     * Lets go of the memory of the parameters. Whoever calls one of the trampolines all the same gets to where the grave leads.
     *
     * @param newGrave a table that was filled as a {@linkplain #fillGrave grave}
     */
    void retire(Table newGrave) throws OsException {
        memory.bury(newGrave.memory);
        grave = newGrave;
        free = new long[0];
        freeCount = 0;
        holder = null;
    }

    /** Takes up work again, with fresh memory; no slot was handed out. Its trampolines lead where the grave leads until their slots are. */
    void revive() throws OsException {
        memory.exhume(Objects.requireNonNull(grave, "not retired").memory);
        grave = null;
        handedOut = 0;
        catchesCalls = false;
    }

    /** Has all trampolines lead to an entry, and forbids that this is ever changed. */
    void fillGrave(int entry, long catcher) throws OsException {
        leadAll(entry);
        setCatcher(catcher);
        memory.forbidWriting();
    }

    /**
     * Has all trampolines lead to an entry with their slots' ids, in a table of fresh memory, which can be written. In one piece, because each write
     * takes the interpreter long.
     */
    void leadAll(int entry) {
        int wordsInBlock = (int) blockSize / Memory.WORD_SIZE;
        int entryWord = index.blockEntry() / Memory.WORD_SIZE;
        int argumentWord = index.blockArgument() / Memory.WORD_SIZE;
        long address = entry(entry);
        long id = Tables.id(this, 0);
        long[] words = new long[capacity() * wordsInBlock];
        for (int block = 0; block < words.length; block += wordsInBlock) {
            words[block + entryWord] = address;
            words[block + argumentWord] = id++;
        }
        Memory.setWords(parameters + index.blockOffset(), words);
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
        } catch (OsException e) {
            throw new IllegalStateException("a table cannot be sealed: " + e.getMessage(), e);
        }
    }

    /** The address of a slot's trampoline: the function pointer. */
    long trampoline(int slot) {
        return firstTrampoline + offset(slot);
    }

    /**
     * The slot of a trampoline.
     *
     * @return {@link Tables#NONE} if there is none at that address
     */
    int slotAt(long address) {
        long offset = address - firstTrampoline;
        if (offset < 0 || offset >= memory.codeSize()) {
            return Tables.NONE;
        }
        // An address within a trampoline gives its slot or the next one, whose trampoline begins elsewhere.
        int slot = divide((offset + gap) * trampolinesInLine, inverseOfSize);
        return slot < index.trampolineCount() && offset(slot) == offset ? slot : Tables.NONE;
    }

    /** How far a slot's trampoline is from the first one. */
    private int offset(int slot) {
        return slot * trampolineSize + divide(slot, inverseOfCount) * gap;
    }

    /** What {@link #divide} wants instead of a divisor. */
    private static long inverse(int divisor) {
        return Math.ceilDiv(1L << Integer.SIZE, divisor);
    }

    /** Divides a number of 18 bits by one of no more than 10, in a quarter of the time that the processor takes to divide. */
    private static int divide(long number, long inverse) {
        return (int) ((number * inverse) >>> Integer.SIZE);
    }

    /** The address of this table's own copy of an entry, which reads this table's header. */
    long entry(int offset) {
        return code + offset;
    }

    /** Sets what this table's {@code append_} entries do. */
    void setCall(long target, long stackSize) {
        long call = parameters + index.headerCall();
        write(call + index.callTarget(), target, call + index.callStackSize(), stackSize);
    }

    /** Sets the function that this table's {@code generic} entries call. */
    void setUniversalGate(long address) {
        setWordRelease(parameters + index.headerUniversal(), address);
    }

    /** Whether this table's {@code caught} entries may be used. */
    boolean catchesCalls() {
        return catchesCalls;
    }

    /** Sets the function that this table's {@code caught} entries call. */
    void setCatcher(long address) {
        setWordRelease(parameters + index.headerCatcher(), address);
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
            Memory.setWordRelease(place, value);
        }
    }

    /** Sets where a slot's trampoline jumps, with release, after what it loads into the scratch register. */
    void set(int slot, long address, long argument) {
        long block = parameters + index.blockOffset() + slot * blockSize;
        write(block + index.blockArgument(), argument, block + index.blockEntry(), address);
    }

    private void write(long place, long value, long secondPlace, long secondValue) {
        if (isProtected) {
            writeProtected(place, value, secondPlace, secondValue);
        } else {
            Memory.setWord(place, value);
            Memory.setWordRelease(secondPlace, secondValue);
        }
    }

    /** One writer at a time, so that none takes the right to write away from another. */
    private synchronized void writeProtected(long place, long value, long secondPlace, long secondValue) {
        try {
            memory.allowWriting();
            Memory.setWord(place, value);
            Memory.setWordRelease(secondPlace, secondValue);
            memory.forbidWriting();
        } catch (OsException e) {
            throw new IllegalStateException("a protected table cannot be changed: " + e.getMessage(), e);
        }
    }

    /** The parameter blocks, in the order of their trampolines. */
    MemorySegment blocks() {
        return memory.parametersAsSegment().asSlice(index.blockOffset());
    }
}
