// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.MemorySegment;

/** The ids of closures' slots, which entries pass on as the hidden argument. */
public final class SlotIds {
    private SlotIds() {}

    /** Returns the id of the slot that a function pointer belongs to. */
    public static int of(MemorySegment function) {
        return Tables.find(function.address());
    }
}
