// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One table, with the state of its slots. A slot is one function pointer; subclasses know its
 * address.
 */
abstract class Table {
    /**
     * The number of neighbouring slots with the same kind, in tables that kinds share. A power of
     * two.
     */
    static final int ROW = 16;

    private final int number;
    private final int capacity;

    /** The kind of all its closures; null if kinds share the table. */
    private volatile @Nullable Kind kind;

    private final @Nullable Kind @Nullable [] kindsOfRows;

    private volatile boolean isEmptied;

    /** Null if no slot has any. */
    private volatile @Nullable SlotMarks marks;

    // The following fields belong to the table's depot, and change only under its monitor.

    /** A bit for each slot that was used before and is free. */
    final long[] free;

    int freeCount;

    /** The number of slots that were handed out at least once. They are the first ones. */
    int handedOut;

    /** The number of slots in quarantine in the depot's last count. */
    int quarantined;

    /** The number of closes in the depot from which an empty table is used again. */
    long reusableFrom;

    boolean isWithFree;
    boolean isEmpty;

    /**
     * The depot's next table, in the lists of all tables, of those with free slots, and of the
     * empty ones.
     */
    @Nullable
    Table next;

    @Nullable
    Table nextWithFree;

    @Nullable
    Table nextEmpty;

    /** A table of one kind, or of several if {@code kind} is null. */
    Table(int number, int capacity, @Nullable Kind kind) {
        this.number = number;
        this.capacity = capacity;
        if (kind != null) {
            ProcessExit.setAnswer(number, kind.exitAnswer());
        }
        this.kind = kind;
        this.kindsOfRows = kind == null ? new @Nullable Kind[capacity / ROW + 1] : null;
        this.free = kind == null ? new long[0] : new long[(capacity + Long.SIZE - 1) / Long.SIZE];
    }

    /** Returns the function pointer of a slot. */
    abstract long address(int slot);

    /** Returns the slot of a function pointer, or {@link Tables#NONE}. */
    abstract int slotAt(long address);

    /** Returns the table's part of a report; null if it has no memory of its own. */
    abstract @Nullable TableState state();

    final int number() {
        return number;
    }

    /** How many slots it has. */
    final int capacity() {
        return capacity;
    }

    /** Whether kinds share it. */
    final boolean isShared() {
        return kindsOfRows != null;
    }

    final Kind kind(int slot) {
        Kind own = kind;
        if (own == null) {
            own = kindsOfRows == null ? null : kindsOfRows[slot / ROW];
        }
        if (own == null) {
            throw new AssertionError("no kind has the slot " + slot);
        }
        return own;
    }

    final void setKind(Kind kind) {
        ProcessExit.setAnswer(number, kind.exitAnswer());
        this.kind = kind;
    }

    final void setKindOfRow(int firstSlot, Kind rowKind) {
        if (kindsOfRows == null) {
            throw new AssertionError("kinds do not share the table");
        }
        ProcessExit.setAnswer(number, firstSlot / ROW, rowKind.exitAnswer());
        kindsOfRows[firstSlot / ROW] = rowKind;
    }

    /** Whether it has no memory in the Java heap for its slots. */
    final boolean isEmptied() {
        return isEmptied;
    }

    final void setEmptied(boolean emptied) {
        isEmptied = emptied;
    }

    /** Seals the slots that are bound now: nobody binds them again. */
    final synchronized void seal(@Nullable Object[] targets, int from, int to) {
        SlotMarks before = marks;
        long[] after = hasSealed() && before != null
                ? before.seals()
                : new long[(capacity + Long.SIZE - 1) / Long.SIZE];
        for (int slot = from; slot < to; slot++) {
            if (targets[slot] != null) {
                after[slot / Long.SIZE] |= 1L << slot;
            }
        }
        marks = SlotMarks.withSeals(before, after);
    }

    final boolean isSealed(int slot) {
        SlotMarks own = marks;
        return own != null && own.isSealed(slot);
    }

    /** Notes that a slot's closure is closed; returns whether the slot is sealed. */
    final boolean noteClosed(int slot) {
        SlotMarks own = marks;
        if (own == null) {
            return false;
        }
        boolean isSealed = own.isSealed(slot);
        own.noteClosed(slot);
        return isSealed;
    }

    /** Gives the open closure of a slot a label. */
    final synchronized void setLabel(int slot, String label) {
        SlotMarks own = SlotMarks.withLabels(marks, capacity);
        own.setLabel(slot, label);
        marks = own;
    }

    /** The label of a slot's closure, open or closed last; null if it has or had none. */
    final @Nullable String label(int slot, boolean isOpen) {
        SlotMarks own = marks;
        return own == null ? null : own.label(slot, isOpen);
    }

    /** Forgets the labels of closed closures, when all are. */
    final synchronized void forgetLabels() {
        if (!hasSealed()) {
            marks = null;
        }
    }

    /** Whether any slot is sealed. */
    final boolean hasSealed() {
        SlotMarks own = marks;
        return own != null && own.hasSeals();
    }

    /** Whether any slot of some is sealed. */
    final boolean isAnySealed(int from, int to) {
        if (!hasSealed()) {
            return false;
        }
        for (int slot = from; slot < to; slot++) {
            if (isSealed(slot)) {
                return true;
            }
        }
        return false;
    }

    /** Makes all its slots fresh ones. */
    final void reset() {
        Arrays.fill(free, 0);
        freeCount = 0;
        handedOut = 0;
    }

    /** Removes it from the lists of its depot. */
    final void forgetDepot() {
        reset();
        reusableFrom = 0;
        isWithFree = false;
        isEmpty = false;
        next = null;
        nextWithFree = null;
        nextEmpty = null;
    }
}
