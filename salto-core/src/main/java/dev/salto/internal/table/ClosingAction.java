// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Closes a slot when its arena is closed. */
final class ClosingAction implements Consumer<MemorySegment> {
    private final KindSlots slots;

    /** {@link Tables#NONE} if the slot need not be closed any more. */
    private int id = Tables.NONE;

    ClosingAction(KindSlots slots) {
        this.slots = slots;
    }

    /**
     * Binds an object to a slot that this action closes, as {@link KindSlots#bind(Object, Arena,
     * String)} does.
     */
    MemorySegment bind(Object target, Arena arena, @Nullable String label) {
        int bound = slots.bind(target, false);
        id = bound;
        try {
            if (label != null) {
                slots.setLabel(bound, label);
            }
            return MemorySegment.ofAddress(slots.address(bound)).reinterpret(arena, this);
        } catch (RuntimeException | Error e) {
            // The arena may have it already.
            id = Tables.NONE;
            slots.close(bound);
            throw e;
        }
    }

    @Override
    public void accept(MemorySegment function) {
        int open = id;
        if (open != Tables.NONE) {
            slots.close(open);
            id = Tables.NONE;
        }
    }
}
