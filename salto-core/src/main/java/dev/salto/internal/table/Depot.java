// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one kind, and those of its slots that no magazine has. Magazines get slots from
 * here, and give back what was closed, by the batch.
 *
 * <p><b>Locking.</b> Under the monitor of this object nothing is allocated or waited for, and a
 * failed call leaves everything as it was or complete. So nothing can be lost, and a thread that
 * waits for the monitor waits for nanoseconds.
 */
@SuppressWarnings("ReferenceEquality") // tables are equal when they are the same
final class Depot {
    private final Growth growth;
    private final SeenClasses classes = new SeenClasses();
    private final Quarantine quarantine = new Quarantine();
    private final EmptyTables empty = new EmptyTables();

    private final Magazines magazines = new Magazines(this);

    private volatile boolean isKeptUp;
    private long closedBefore;

    // What follows changes under the monitor of this object only.

    /** All tables. */
    private @Nullable Table tables;

    /** Those with slots that were used before and are free. */
    private @Nullable Table withFree;

    /** The one with slots that were never handed out. */
    private @Nullable Table growing;

    Depot(Growth growth) {
        this.growth = growth;
    }

    /** The classes of the objects that were bound. */
    SeenClasses classes() {
        return classes;
    }

    Magazines magazines() {
        return magazines;
    }

    /**
     * Gives slots to a magazine that has none.
     *
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    void fill(Magazine magazine) {
        if (quarantine.size() == 0 && magazine.closed.count > 0) {
            takeClosed(magazine);
        }
        while (!fillFromTables(magazine)) {
            grow();
        }
    }

    private boolean fillFromTables(Magazine magazine) {
        if (growth.batch() < Batch.SIZE) {
            return fillWithPrepared(magazine);
        }
        synchronized (this) {
            return quarantine.give(magazine) || takeFree(magazine) || takeFresh(magazine);
        }
    }

    /** Slots that need something before they are handed out are few, and get it under no lock. */
    private boolean fillWithPrepared(Magazine magazine) {
        Table table;
        int slot;
        synchronized (this) {
            if (quarantine.give(magazine) || takeFree(magazine)) {
                return true;
            }
            table = growing;
            if (table == null) {
                return false;
            }
            slot = table.handedOut;
        }
        growth.prepare(table, slot);
        synchronized (this) {
            return growing == table && table.handedOut == slot && takeFresh(magazine);
        }
    }

    /**
     * Gives a magazine slots of one table that were used before, the first ones last. Returns
     * whether there are any.
     */
    private boolean takeFree(Magazine magazine) {
        Table table = withFree;
        if (table == null) {
            return false;
        }
        int[] ids = magazine.free;
        long[] bits = table.free;
        int count = Math.min(table.freeCount, ids.length);
        int base = Tables.id(table.number(), 0);
        int left = count;
        int word = 0;
        long rest = bits[0];
        while (left > 0) {
            if (rest == 0) {
                word++;
                rest = bits[word];
            } else {
                left--;
                ids[left] = base + word * Long.SIZE + Long.numberOfTrailingZeros(rest);
                rest &= rest - 1;
            }
        }
        // No call from here on.
        for (int i = 0; i < word; i++) {
            bits[i] = 0;
        }
        bits[word] = rest;
        table.freeCount -= count;
        if (table.freeCount == 0) {
            withFree = table.nextWithFree;
            table.nextWithFree = null;
            table.isWithFree = false;
        }
        magazine.freeCount = count;
        magazine.givenInAll += count;
        return true;
    }

    /** Gives a magazine slots that were never handed out. Returns whether there are any. */
    private boolean takeFresh(Magazine magazine) {
        Table table = growing;
        if (table == null) {
            return false;
        }
        int capacity = table.capacity();
        int count = Math.min(Math.min(growth.batch(), magazine.free.length), capacity - table.handedOut);
        int last = Tables.id(table.number(), table.handedOut + count - 1);
        for (int i = 0; i < count; i++) {
            magazine.free[i] = last - i;
        }
        // No call from here on.
        table.handedOut += count;
        if (table.handedOut == capacity) {
            growing = null;
        }
        magazine.freeCount = count;
        magazine.givenInAll += count;
        return true;
    }

    /** Finds, or makes, one more table to hand slots out of. */
    private void grow() {
        if (revive()) {
            return;
        }
        if (!isKeptUp) {
            Upkeep.add(this::keepUp);
            isKeptUp = true;
        }
        Table table = growth.grow();
        synchronized (this) {
            table.next = tables;
            tables = table;
            if (growing == null) {
                growing = table;
            } else {
                // Another thread was faster.
                empty.add(table);
            }
        }
        growth.joined(table);
    }

    /**
     * Uses an empty table again; returns whether there is one, or another thread has made one
     * meanwhile.
     */
    private boolean revive() {
        Table candidate;
        synchronized (this) {
            candidate = empty.first();
            if (candidate == null || candidate.reusableFrom > quarantine.closed()) {
                return false;
            }
        }
        @Nullable
        Object[] targets = new @Nullable Object[candidate.capacity()];
        short[] numbers = new short[candidate.capacity()];
        synchronized (this) {
            if (empty.first() == candidate && growing == null) {
                Tables.refill(candidate, targets, numbers);
                empty.removeFirst();
                growing = candidate;
            }
            return growing != null;
        }
    }

    /** Takes the closed slots of a magazine, which has room again afterwards. */
    void takeClosed(Magazine magazine) {
        Batch replacement = null;
        while (!exchange(magazine, replacement)) {
            replacement = new Batch();
        }
    }

    private synchronized boolean exchange(Magazine magazine, @Nullable Batch made) {
        if (!quarantine.add(magazine, made)) {
            return false;
        }
        @Nullable
        Table[] all = Tables.all();
        for (Batch excess = quarantine.excess(); excess != null; excess = quarantine.excess()) {
            release(excess, all);
            quarantine.remove(excess);
        }
        return true;
    }

    /** Frees slots. If that is done again after a failure, it has no effect. */
    private void release(Batch batch, @Nullable Table[] all) {
        for (int i = 0; i < batch.count; i++) {
            int id = batch.ids[i];
            Table table = id == Tables.NONE ? null : all[id >>> Tables.SLOT_BITS];
            if (table != null) {
                batch.ids[i] = Tables.NONE;
                table.free[(id & Tables.SLOT_MASK) / Long.SIZE] |= 1L << id;
                table.freeCount++;
                if (!table.isWithFree) {
                    table.isWithFree = true;
                    table.nextWithFree = withFree;
                    withFree = table;
                }
            }
        }
    }

    private boolean keepUp() {
        long closed;
        synchronized (this) {
            closed = quarantine.closed();
        }
        if (closed != closedBefore) {
            closedBefore = closed;
            emptyUnused();
        }
        return isKeptUp;
    }

    /**
     * Lets go of what the Java heap has for the slots of tables whose slots are all free. The table
     * with fresh slots stays, or one of the others.
     */
    private void emptyUnused() {
        @Nullable
        Table[] all = Tables.all();
        // Slots in a magazine that is made meanwhile are not counted, so their tables stay.
        List<Magazine> known = magazines.all();
        Table unused;
        synchronized (this) {
            unused = takeUnused(all, known);
        }
        for (Table table = unused; table != null; table = table.nextEmpty) {
            Tables.empty(table);
        }
        synchronized (this) {
            while (unused != null) {
                Table table = unused;
                unused = table.nextEmpty;
                table.nextEmpty = null;
                table.reset();
                empty.add(table);
            }
        }
    }

    /**
     * Takes the tables that have nothing but free slots, but for one, and links them as empty ones.
     */
    private @Nullable Table takeUnused(@Nullable Table[] all, List<Magazine> known) {
        for (Batch due = quarantine.due(); due != null; due = quarantine.due()) {
            release(due, all);
            quarantine.remove(due);
        }
        for (Table table = tables; table != null; table = table.next) {
            table.quarantined = 0;
        }
        for (Batch batch = quarantine.first(); batch != null; batch = batch.next) {
            count(batch, all);
        }
        // Owners of magazines only add to their batches, and exchange them under this monitor.
        for (int i = 0; i < known.size(); i++) {
            count(known.get(i).closed, all);
        }
        Table taken = markUnused();
        for (Batch batch = quarantine.first(); batch != null; batch = batch.next) {
            forgetEmpty(batch, all);
        }
        for (int i = 0; i < known.size(); i++) {
            forgetEmpty(known.get(i).closed, all);
        }
        return taken;
    }

    /** Counts the slots of a batch by their tables. */
    private static void count(Batch batch, @Nullable Table[] all) {
        int count = batch.count;
        VarHandle.acquireFence();
        for (int i = 0; i < count; i++) {
            Table table = batch.ids[i] == Tables.NONE ? null : all[batch.ids[i] >>> Tables.SLOT_BITS];
            if (table != null) {
                table.quarantined++;
            }
        }
    }

    /** Replaces the slots of empty tables by none, which the owner of a batch need not know. */
    private static void forgetEmpty(Batch batch, @Nullable Table[] all) {
        int count = batch.count;
        VarHandle.acquireFence();
        for (int i = 0; i < count; i++) {
            Table table = batch.ids[i] == Tables.NONE ? null : all[batch.ids[i] >>> Tables.SLOT_BITS];
            if (table != null && table.isEmpty) {
                batch.hasGaps = true;
                batch.ids[i] = Tables.NONE;
            }
        }
    }

    /** Marks the tables that have nothing but free slots as empty, but for one. */
    private @Nullable Table markUnused() {
        long reusableFrom = quarantine.closed() + quarantine.size();
        Table taken = null;
        Table list = null;
        boolean staysOne = growing != null;
        for (Table table = tables; table != null; table = table.next) {
            boolean isUnused = !table.isEmpty && table != growing
                    && table.freeCount + table.quarantined == table.handedOut;
            if (isUnused && staysOne) {
                table.isEmpty = true;
                table.reusableFrom = table.quarantined > 0 ? reusableFrom : 0;
                table.nextEmpty = taken;
                taken = table;
            }
            staysOne |= isUnused;
            table.isWithFree = !table.isEmpty && table.freeCount > 0;
            table.nextWithFree = table.isWithFree ? list : null;
            list = table.isWithFree ? table : list;
        }
        withFree = list;
        return taken;
    }

    /** All tables, for a thread that changes them one by one. */
    synchronized List<Table> tables() {
        List<Table> list = new ArrayList<>();
        for (Table table = tables; table != null; table = table.next) {
            list.add(table);
        }
        return list;
    }

    /** Takes all tables away from a kind that nobody uses any more. */
    List<Table> dismantle() {
        isKeptUp = false;
        List<Table> all = tables();
        synchronized (this) {
            tables = null;
            withFree = null;
            growing = null;
            empty.clear();
            quarantine.clear();
        }
        return all;
    }

    /** How many slots were bound and closed so far. Exact while no thread binds or closes. */
    Turnover turnover() {
        return magazines.turnover();
    }
}
