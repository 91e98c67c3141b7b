// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A table without code. Each slot's function pointer is a stub, which is made before the slot is
 * bound for the first time.
 */
final class StubTable extends Table {
    /** Few, because a stub costs a hundred times as much as a trampoline. */
    static final int CAPACITY = 64;

    /** The ids of all slots with stubs, by address. */
    private static final ConcurrentMap<Long, Integer> IDS = new ConcurrentHashMap<>();

    private final long[] addresses = new long[CAPACITY];

    StubTable(int number, Kind kind) {
        super(number, CAPACITY, kind);
    }

    /** The slot of a stub, or {@link Tables#NONE}. */
    static int find(long address) {
        return IDS.getOrDefault(address, Tables.NONE);
    }

    /** Makes the stub of a slot, unless it has one. */
    synchronized void make(int slot, StubMaker maker) {
        if (addresses[slot] == 0) {
            int id = Tables.id(number(), slot);
            long address = maker.make(id);
            IDS.put(address, id);
            addresses[slot] = address;
        }
    }

    @Override
    synchronized long address(int slot) {
        return addresses[slot];
    }

    @Override
    int slotAt(long address) {
        int id = find(address);
        return id >>> Tables.SLOT_BITS != number() ? Tables.NONE : Tables.slot(id);
    }

    @Override
    @Nullable
    TableState state() {
        return null;
    }
}
