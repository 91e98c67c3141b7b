// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one kind, and its slots outside of magazines. Magazines take slots from here and
 * give closed ones back, in batches.
 *
 * <p><b>Locking.</b> Under the monitor of this object, a thread neither allocates nor waits, and
 * each change is made completely or not at all. So nothing is lost, and threads wait for the
 * monitor only nanoseconds.
 */
@SuppressWarnings("ReferenceEquality") // tables are equal when they are the same
final class Depot {
    /** Mapping this many tables at once takes three quarters of the time of one by one. */
    private static final int MOST_AT_ONCE = 8;

    private final Growth growth;
    private final SeenClasses classes = new SeenClasses();
    private final Quarantine quarantine = new Quarantine();
    private final EmptyTables empty = new EmptyTables();
    private final FreeSlots free = new FreeSlots();
    private final Magazines magazines = new Magazines(this);

    /** The number of tables that the next thread adds; 1 while another thread adds some. */
    private int atOnce = 1;

    private volatile boolean isKeptUp;
    private long closedBefore;

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
     * Fills an empty magazine with slots.
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
        if (growth.preparesSlots()) {
            return fillWithPrepared(magazine);
        }
        synchronized (this) {
            return giveUsed(magazine) || free.takeFresh(magazine, Batch.SIZE);
        }
    }

    /** Few slots need a preparation, and it happens under no lock. */
    private boolean fillWithPrepared(Magazine magazine) {
        Table table;
        int slot;
        synchronized (this) {
            if (giveUsed(magazine)) {
                return true;
            }
            table = free.growing();
            if (table == null) {
                return false;
            }
            slot = table.handedOut;
        }
        growth.prepare(table, slot);
        synchronized (this) {
            return free.growing() == table && table.handedOut == slot && free.takeFresh(magazine, 1);
        }
    }

    private boolean giveUsed(Magazine magazine) {
        return quarantine.give(magazine) || free.takeUsed(magazine);
    }

    /** Finds a table with free slots or makes some, more at once in a kind that has some. */
    private void grow() {
        if (revive()) {
            return;
        }
        if (!isKeptUp) {
            Upkeep.add(this::keepUp);
            isKeptUp = true;
        }
        List<Table> tables = growth.grow(takeAtOnce());
        synchronized (this) {
            for (int i = 0; i < tables.size(); i++) {
                free.add(tables.get(i));
                if (free.growing() == null) {
                    free.setGrowing(tables.get(i));
                } else {
                    empty.add(tables.get(i));
                }
            }
            atOnce = Math.min(2 * tables.size(), MOST_AT_ONCE);
        }
        for (Table table : tables) {
            growth.joined(table);
        }
    }

    private synchronized int takeAtOnce() {
        int taken = atOnce;
        atOnce = 1;
        return taken;
    }

    /**
     * Uses an empty table again. Returns false if there is none, and no other thread has made one
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
            if (empty.first() == candidate && free.growing() == null) {
                Tables.refill(candidate, targets, numbers);
                empty.removeFirst();
                free.setGrowing(candidate);
            }
            return free.growing() != null;
        }
    }

    /** Takes the closed slots of a magazine, so that it has room again. */
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
            free.release(excess, all);
            quarantine.remove(excess);
        }
        return true;
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
     * Releases the Java heap of tables whose slots are all free. The table with fresh slots stays,
     * or one of the others.
     */
    private void emptyUnused() {
        @Nullable
        Table[] all = Tables.all();
        // Slots in new magazines are not counted, so their tables stay.
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

    /** Takes the tables that have only free slots, except for one, and links them as empty ones. */
    private @Nullable Table takeUnused(@Nullable Table[] all, List<Magazine> known) {
        for (Batch due = quarantine.due(); due != null; due = quarantine.due()) {
            free.release(due, all);
            quarantine.remove(due);
        }
        for (Table table = free.tables(); table != null; table = table.next) {
            table.quarantined = 0;
        }
        for (Batch batch = quarantine.first(); batch != null; batch = batch.next) {
            count(batch, all);
        }
        // Owners of magazines add to their batches, and exchange them only under this monitor.
        for (int i = 0; i < known.size(); i++) {
            count(known.get(i).closed, all);
        }
        Table taken = free.markUnused(quarantine.closed() + quarantine.size());
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

    /** Removes the slots of empty tables from a batch. Its owner need not know. */
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

    /** All tables, for a thread that changes them one by one. */
    synchronized List<Table> tables() {
        return free.list();
    }

    /** Takes all tables away from an unused kind. */
    List<Table> dismantle() {
        isKeptUp = false;
        List<Table> all = tables();
        synchronized (this) {
            free.clear();
            empty.clear();
            quarantine.clear();
        }
        return all;
    }

    /**
     * The numbers of slots that were bound and closed so far. Exact while no thread binds or
     * closes.
     */
    Turnover turnover() {
        return magazines.turnover();
    }
}
