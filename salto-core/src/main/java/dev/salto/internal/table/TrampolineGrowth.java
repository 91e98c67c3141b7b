// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.os.OsException;
import java.util.List;

/** Slots whose code is that of static trampolines. */
final class TrampolineGrowth implements Growth {
    private final Kind kind;
    private final Route ownRoute;
    private volatile Route route;

    TrampolineGrowth(Kind kind, Route route) {
        this.kind = kind;
        this.ownRoute = route;
        this.route = route;
    }

    Route route() {
        return route;
    }

    @Override
    public boolean areStatic() {
        return true;
    }

    @Override
    public int[] takeRows(int wanted) {
        int recycled = RecycledSlots.takeRow(route, kind);
        return recycled != Tables.NONE ? new int[]{recycled} : SharedTables.takeRows(kind, route, wanted);
    }

    @Override
    public List<Table> grow(int wanted) {
        Table recycled = RecycledSlots.takeTable(route, kind);
        return recycled != null ? List.of(recycled) : IndexTable.add(route, kind, wanted);
    }

    @Override
    public boolean preparesSlots() {
        return false;
    }

    @Override
    public void prepare(Table table, int slot) {}

    @Override
    public void joined(Table table) {
        if (table instanceof IndexTable own) {
            own.announce();
        }
        lead(table, route);
    }

    /**
     * Moves the calls of all slots, present and future ones, to another route.
     *
     * @throws IllegalStateException if the system refuses; calls then use the old or the new
     *     route
     */
    void lead(Route other, SlotStore store) {
        boolean wasUniversal = route.isUniversal();
        long entry = wasUniversal && !other.isUniversal() ? entry(other) : 0;
        route = other;
        int[] rows = store.first.rows();
        for (int row : rows) {
            SharedTable table = (SharedTable) Tables.table(row);
            SharedTables.change(table, () -> {
                if (wasUniversal) {
                    table.setEntry(Tables.slot(row), entry);
                } else {
                    table.setGate(Tables.slot(row), other.gate());
                }
            });
        }
        store.depot.tables().forEach(table -> lead(table, other));
    }

    /** Moves the calls of all slots back to the first gate of the kind. */
    void leadBack(SlotStore store) {
        if (!route.equals(ownRoute) && !ownRoute.isUniversal()) {
            lead(ownRoute, store);
        }
    }

    private static long entry(Route route) {
        try {
            return EntryTable.add(route).entry(route);
        } catch (OsException e) {
            throw Tables.noRoom(0, e);
        }
    }

    private static void lead(Table table, Route route) {
        if (table instanceof IndexTable own) {
            try {
                own.lead(route);
            } catch (OsException e) {
                throw new IllegalStateException("a table cannot be changed: " + e.getMessage(), e);
            }
        }
    }
}
