// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pool's tables, and those of its slots that no stripe has at hand. Stripes get slots from here and give them back by the batch, under the lock of
 * this object.
 *
 * <p><b>Memory goes back to the system</b> by whole tables. One whose slots are all free is <em>retired</em>: the memory of its parameters is let go, and what
 * is mapped there instead is the grave, one page after another of parameters that lead to the entry for closed closures. The code stays mapped, because a callback
 * that was under way when its closure was closed may return to it, and so every pointer that was ever handed out leads somewhere for as long as the process
 * lives. When the pool grows again, retired tables come first. How many free ones are kept in hand grows with the number of those in use, so that a
 * number of closures that goes up and down costs no call to the system; and until the next garbage collection, which frees what belongs to the closures in the Java heap, a few more are kept.
 */
final class Depot {
    /** With so many tables it does not matter if a stripe takes many fresh slots at a time. */
    private static final int MANY = 8;
    private static final int LARGE_BATCH = 8 * Stripe.BATCH;

    /**
     * How many tables stay in hand, at the least, when closures are closed: under six megabytes, for over 300,000 closures. So many can come and go
     * without a call to the system.
     */
    static final int SOON = 112;

    /** How many stay after the next garbage collection. */
    static final int LATER = 1;

    private final TextImage image;
    private final @Nullable ClosureKind kind;
    private final int quarantineSize;

    private final Content content;

    /** All tables that can change, without the retired ones. */
    private final List<Table> tables = new ArrayList<>();

    private final Deque<Retired> retired = new ArrayDeque<>();

    /** Those of the tables that have free slots that were used before, and that no stripe holds. */
    private final Deque<Table> available = new ArrayDeque<>();

    /** How many slots were handed out at least once, in all tables. */
    private int handedOut;

    /** How many of them are here. */
    private int free;

    /** How many tables have nothing but free slots, all of which are here. */
    private int unused;

    /** Tables with slots that were never handed out. More than one if threads needed one at the same time. */
    private final Deque<Table> growing = new ArrayDeque<>();

    private @Nullable Table grave;
    private volatile boolean hasMany;
    private volatile boolean hasSpare;

    /**
     * A retired table.
     *
     * @param reusableFrom how often slots have to have been given back before this one is used again, so that its last ones are caught for as long as all others
     */
    private record Retired(Table table, long reusableFrom) {}

    /** What a pool writes into tables. */
    interface Content {
        /** Sets up a table of fresh memory before its slots are used. */
        void setUp(Table table);

        /** The same for a table all of whose trampolines lead to the entry for closed closures. */
        void setUpGrave(Table table) throws OsException;
    }

    Depot(TextImage image, @Nullable ClosureKind kind, int quarantineSize, Content content) {
        this.image = image;
        this.kind = kind;
        this.quarantineSize = quarantineSize;
        this.content = content;
    }

    /**
     * Gives slots to a stripe that has none. A table that this takes is mapped without the lock, so that other threads do not wait for it.
     *
     * @param givenBack how often a slot was given back in the pool so far
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    void fill(Stripe stripe, long givenBack) {
        if (!fillFromTables(stripe)) {
            Table table = grow(givenBack);
            synchronized (this) {
                tables.add(table);
                handOut(table, stripe);
                if (table.hasFresh()) {
                    growing.add(table);
                }
                look();
            }
        }
    }

    /** Gives a stripe slots of the tables that there are; returns false if they have none. */
    private synchronized boolean fillFromTables(Stripe stripe) {
        if (free > 0) {
            Table table = tableWithFree(stripe);
            unused -= table.isUnused() ? 1 : 0;
            stripe.freeCount = table.takeFree(stripe.free, Stripe.BATCH);
            free -= stripe.freeCount;
            if (!table.hasFree()) {
                table.setHolder(null);
            }
            return true;
        }
        Table table = growing.peek();
        if (table == null) {
            return false;
        }
        handOut(table, stripe);
        if (!table.hasFresh()) {
            growing.remove();
        }
        return true;
    }

    /** Gives a stripe slots of a table that were never handed out. */
    private void handOut(Table table, Stripe stripe) {
        stripe.fresh = Tables.id(table, table.handedOut());
        int count = table.handOut(tables.size() < MANY ? Stripe.BATCH : LARGE_BATCH);
        stripe.freshEnd = stripe.fresh + count;
        handedOut += count;
    }

    /** A stripe holds on to a table as long as that has free slots: threads that write to neighbouring slots at the same time slow each other down. */
    private Table tableWithFree(Stripe stripe) {
        Table held = stripe.table;
        if (held != null && stripe.equals(held.holder())) {
            return held;
        }
        Table table = available.poll();
        if (table != null) {
            table.setHolder(stripe);
            stripe.table = table;
            return table;
        }
        return tables.stream().filter(Table::hasFree).findFirst().orElseThrow();
    }

    /**
     * Takes the older half of the slots of a stripe that has no room for more.
     *
     * @param givenBack as in {@link #fill}
     */
    synchronized void takeHalf(Stripe stripe, long givenBack) {
        for (int i = 0; i < Stripe.BATCH; i++) {
            int id = stripe.free[i];
            Table table = Tables.table(id);
            if (!table.hasFree() && table.holder() == null) {
                available.add(table);
            }
            free++;
            table.addFree(Tables.slot(id));
            unused += table.isUnused() ? 1 : 0;
        }
        stripe.freeCount -= Stripe.BATCH;
        System.arraycopy(stripe.free, Stripe.BATCH, stripe.free, 0, stripe.freeCount);
        if (kind != null && unused > inHand(SOON, tables.size() - unused)) {
            retire(Table::isUnused, _ -> false, SOON, givenBack);
        }
        look();
    }

    /**
     * How many tables with nothing but free slots stay in hand.
     *
     * @param least {@link #SOON} or {@link #LATER}
     */
    private static int inHand(int least, int inUse) {
        return least + inUse / 4;
    }

    private void look() {
        boolean mayAllBeFree = handedOut - free <= Stripe.COUNT * (LARGE_BATCH + quarantineSize + 2 * Stripe.BATCH);
        hasMany = kind != null && mayAllBeFree && tables.size() > SOON + 1;
        hasSpare = kind != null && (mayAllBeFree
                ? tables.size() > LATER + 1
                : unused > inHand(LATER, tables.size() - unused));
    }

    /** Whether there are so many tables that it is worth while to look whether all slots are free. Without the lock, and so of a moment ago. */
    boolean hasMany() {
        return hasMany;
    }

    /** Whether there may be tables that should go after the next garbage collection. Without the lock, too. */
    boolean hasSpare() {
        return hasSpare;
    }

    /**
     * Retires as many of some tables as do not stay in hand.
     *
     * @param isRecent whether some of a table's slots are still in quarantine
     */
    private void retire(Predicate<Table> isUnused, Predicate<Table> isRecent, int least, long givenBack) {
        List<Table> candidates = tables.stream().filter(isUnused).toList();
        int excess = candidates.size() - inHand(least, tables.size() - candidates.size());
        for (Table table : candidates.subList(0, Math.max(excess, 0))) {
            int freeBefore = table.freeCount();
            int handedOutBefore = table.handedOut();
            if (!bury(table)) {
                break;
            }
            free -= freeBefore;
            handedOut -= handedOutBefore;
            if (isRecent.test(table)) {
                retired.addLast(new Retired(table, givenBack + quarantineSize));
            } else {
                retired.addFirst(new Retired(table, givenBack));
            }
        }
        tables.removeIf(Table::isRetired);
        available.removeIf(Table::isRetired);
        growing.removeIf(Table::isRetired);
        unused = (int) tables.stream().filter(Table::isUnused).count();
        look();
    }

    /** One more table, none of whose slots was handed out. */
    private Table grow(long givenBack) {
        Retired again = takeRetired(givenBack);
        Table table = again == null ? Tables.add(image, kind, this) : revive(again);
        content.setUp(table);
        return table;
    }

    private synchronized @Nullable Retired takeRetired(long givenBack) {
        Retired first = retired.peek();
        return first != null && givenBack >= first.reusableFrom() ? retired.remove() : null;
    }

    private Table revive(Retired again) {
        try {
            Tables.revive(again.table());
            return again.table();
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                retired.addFirst(again);
            }
            throw e;
        }
    }

    /**
     * Retires tables whose slots are all free, also where stripes have some of them at hand or in quarantine. Nobody may use any of the stripes.
     *
     * @param least how many stay in hand at the least: {@link #SOON} or {@link #LATER}
     * @param givenBack as in {@link #fill}
     */
    synchronized void reclaim(Collection<Stripe> stripes, int least, long givenBack) {
        int[] atHand = new int[Tables.count()];
        boolean[] isRecent = new boolean[atHand.length];
        for (Stripe stripe : stripes) {
            stripe.forEach(id -> atHand[Tables.number(id)]++);
            stripe.quarantine.forEach(id -> isRecent[Tables.number(id)] = true);
        }
        retire(table -> table.freeCount() + atHand[table.number()] == table.handedOut(),
                table -> isRecent[table.number()], least, givenBack);
        for (Stripe stripe : stripes) {
            stripe.removeIf(id -> Tables.table(id).isRetired());
        }
    }

    private boolean bury(Table table) {
        try {
            if (grave == null) {
                Table made = Tables.addGrave(image, kind);
                content.setUpGrave(made);
                grave = made;
            }
            Tables.retire(table, grave);
            return true;
        } catch (OsException e) {
            // There are mappings or memory for one page too few. So this table's memory stays in hand.
            return false;
        }
    }

    /**
     * Makes all tables unchangeable for good, and lets go of them. Nobody may use any of the stripes.
     *
     * @throws IllegalStateException if the system refuses
     */
    synchronized void seal(Collection<Stripe> stripes) {
        stripes.forEach(Stripe::clear);
        available.clear();
        handedOut = 0;
        free = 0;
        unused = 0;
        growing.clear();
        for (Table table : tables) {
            table.seal();
        }
        tables.clear();
        look();
    }

    /** Sets up all tables once more, because what is to be written into them has changed. The grave cannot be written; the next one will have it. */
    synchronized void setUpAgain() {
        tables.forEach(content::setUp);
        grave = null;
    }

    /** A table that leads to another gate: only its copies of entries are used. */
    Table addGateTable() {
        return Tables.add(image, kind, this);
    }

    /** All tables that can change. */
    synchronized List<Table> tables() {
        return List.copyOf(tables);
    }
}
