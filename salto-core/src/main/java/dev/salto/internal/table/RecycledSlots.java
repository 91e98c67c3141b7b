// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots of collected types, whose closures are all closed. Types with the same route use them,
 * the oldest first. So the memory depends on the number of live types, not on all types so far.
 */
final class RecycledSlots {
    private static final Map<Route, RecycledSlots> BY_ROUTE = new HashMap<>();
    private static final ReferenceQueue<KindSlots> COLLECTED = new ReferenceQueue<>();

    /** Keeps the references reachable. */
    private static final Set<Leftovers> ALL = new HashSet<>();

    private static boolean isKeptUp;

    private final Deque<Integer> rows = new ArrayDeque<>();
    private final Deque<Table> tables = new ArrayDeque<>();

    private RecycledSlots() {}

    /** The rows and tables of a collected type. */
    private static final class Leftovers extends PhantomReference<KindSlots> {
        private final TrampolineGrowth growth;
        private final SlotStore store;
        private boolean isCollected;

        /** The tables, after they are taken from the depot, and the progress of recycling. */
        private @Nullable List<Table> tables;

        private int nextTable;
        private int nextRow;

        Leftovers(KindSlots slots, TrampolineGrowth growth, SlotStore store) {
            super(slots, COLLECTED);
            this.growth = growth;
            this.store = store;
        }

        /**
         * Recycles all slots, unless some are bound. After a failure, it continues where it
         * stopped.
         */
        private boolean recycle() {
            List<Table> own = tables;
            if (own == null) {
                if (store.isAnyBound()) {
                    return false;
                }
                growth.leadBack(store);
                own = store.depot.dismantle();
                tables = own;
            }
            add(own);
            store.remove();
            return true;
        }

        private void add(List<Table> own) {
            synchronized (BY_ROUTE) {
                add(own, BY_ROUTE.computeIfAbsent(growth.route(), _ -> new RecycledSlots()));
            }
        }

        private void add(List<Table> own, RecycledSlots recycled) {
            int[] rows = store.first.rows();
            while (nextRow < rows.length) {
                int row = rows[nextRow];
                int first = Tables.slot(row);
                if (!Tables.table(row).isAnySealed(first, first + Table.ROW)) {
                    recycled.rows.add(row);
                }
                nextRow++;
            }
            while (nextTable < own.size()) {
                Table table = own.get(nextTable);
                if (!table.isAnySealed(0, table.capacity())) {
                    Tables.empty(table);
                    table.forgetDepot();
                    recycled.tables.add(table);
                }
                nextTable++;
            }
        }
    }

    /** Recycles the slots of a type some time after it is collected. */
    static void watch(KindSlots slots, TrampolineGrowth growth, SlotStore store) {
        Leftovers leftovers = new Leftovers(slots, growth, store);
        synchronized (BY_ROUTE) {
            ALL.add(leftovers);
            if (isKeptUp) {
                return;
            }
            isKeptUp = true;
        }
        Upkeep.add(RecycledSlots::keepUp);
    }

    private static boolean keepUp() {
        for (Reference<?> reference = COLLECTED.poll(); reference != null; reference = COLLECTED.poll()) {
            ((Leftovers) reference).isCollected = true;
        }
        List<Leftovers> all;
        synchronized (BY_ROUTE) {
            all = List.copyOf(ALL);
        }
        for (Leftovers leftovers : all) {
            if (leftovers.isCollected && leftovers.recycle()) {
                synchronized (BY_ROUTE) {
                    ALL.remove(leftovers);
                }
            }
        }
        synchronized (BY_ROUTE) {
            isKeptUp = !ALL.isEmpty();
            return isKeptUp;
        }
    }

    /** Takes a row, or returns {@link Tables#NONE}. */
    static int takeRow(Route route, Kind kind) {
        synchronized (BY_ROUTE) {
            RecycledSlots recycled = BY_ROUTE.get(route);
            Integer row = recycled == null ? null : recycled.rows.poll();
            if (row == null) {
                return Tables.NONE;
            }
            Tables.table(row).setKindOfRow(Tables.slot(row), kind);
            return row;
        }
    }

    /** Takes a table, which has room for objects again. */
    static @Nullable Table takeTable(Route route, Kind kind) {
        synchronized (BY_ROUTE) {
            RecycledSlots recycled = BY_ROUTE.get(route);
            Table table = recycled == null ? null : recycled.tables.peek();
            if (recycled == null || table == null) {
                return null;
            }
            @Nullable
            Object[] targets = new @Nullable Object[table.capacity()];
            Tables.refill(table, targets, new short[table.capacity()]);
            table.setKind(kind);
            recycled.tables.remove();
            return table;
        }
    }
}
