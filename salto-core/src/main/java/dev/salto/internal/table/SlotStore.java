// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All slots of one kind. It does not keep the type reachable. */
final class SlotStore {
    private static final Set<SlotStore> ALL = ConcurrentHashMap.newKeySet();

    /** The sum of all collected types. */
    private static volatile Turnover ofCollected = new Turnover(0, 0);

    final FirstSlots first = new FirstSlots();
    final Depot depot;
    private final boolean areStatic;

    SlotStore(Growth growth) {
        this.depot = new Depot(growth);
        this.areStatic = growth.areStatic();
        ALL.add(this);
    }

    /** Whether any slot is bound. */
    boolean isAnyBound() {
        for (int row : first.rows()) {
            for (int id = row; id < row + Table.ROW; id++) {
                if (Tables.target(id) != null) {
                    return true;
                }
            }
        }
        return depot.tables().stream().anyMatch(Tables::isAnyBound);
    }

    /** Seals the slots that are bound now. */
    void seal() {
        for (int row : first.rows()) {
            Tables.table(row).seal(Tables.targets(row), Tables.slot(row), Tables.slot(row) + Table.ROW);
        }
        for (Table table : depot.tables()) {
            @Nullable
            Object[] targets = Tables.targets(Tables.id(table.number(), 0));
            table.seal(targets, 0, Math.min(targets.length, table.capacity()));
        }
    }

    /** How many slots were bound and closed so far. */
    Turnover turnover() {
        return first.turnover().plus(depot.turnover());
    }

    /** Removes it from the sums, after its type was collected. */
    void remove() {
        synchronized (ALL) {
            if (ALL.remove(this)) {
                ofCollected = ofCollected.plus(turnover());
            }
        }
    }

    /**
     * How many slots were bound and closed so far, of all kinds, whose code is static or is not.
     */
    static Turnover turnoverOfAll(boolean areStatic) {
        synchronized (ALL) {
            Turnover sum = areStatic ? ofCollected : new Turnover(0, 0);
            for (SlotStore store : ALL) {
                sum = store.areStatic == areStatic ? sum.plus(store.turnover()) : sum;
            }
            return sum;
        }
    }
}
