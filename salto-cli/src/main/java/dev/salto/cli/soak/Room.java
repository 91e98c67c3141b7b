// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Closure;
import dev.salto.ClosureType;
import java.util.ArrayList;
import java.util.List;

/** Slots, taken before they are needed. */
final class Room {
    /** The size of Salto's quarantine for a type, by its system property and its default. */
    static final int QUARANTINE = Integer.getInteger("dev.salto.quarantine", 1000);

    private Room() {}

    /**
     * Makes sure that a number of a type's closures can be open at once without one more table.
     *
     * @param target anything to bind
     */
    static <T> void make(ClosureType<T> type, T target, int closures, Ledger ledger) {
        int slots = closures + QUARANTINE;
        List<Closure<T>> bound = new ArrayList<>(slots);
        for (int i = 0; i < slots; i++) {
            bound.add(type.bind(target));
        }
        bound.forEach(Closure::close);
        ledger.add(Work.CYCLE, slots);
    }
}
