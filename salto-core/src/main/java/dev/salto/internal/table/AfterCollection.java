// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Runs actions in the JDK's own cleaner thread, so that Salto needs none. */
public final class AfterCollection {
    private AfterCollection() {}

    /** Runs an action some time after the next garbage collection. */
    public static void run(Runnable action) {
        MemorySegment _ = whenUnreachable(action);
    }

    /**
     * Runs an action when an object is no longer reachable.
     *
     * @param action must not hold the object
     * @return the object
     */
    public static MemorySegment whenUnreachable(Runnable action) {
        return MemorySegment.ofAddress(1).reinterpret(Arena.ofAuto(), _ -> action.run());
    }
}
