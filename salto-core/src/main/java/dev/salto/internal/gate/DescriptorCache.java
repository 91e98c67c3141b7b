// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.KindSlots;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Finds the slots of descriptors that are constants, by the object. The hash code of a descriptor
 * takes longer than a bind. The cache has a fixed size, and keeps no class of an application alive.
 *
 * <p>All methods may be called from any thread. Entries are immutable, so threads may race.
 */
public final class DescriptorCache {
    private static final int SIZE = 512;

    private final @Nullable Entry[] entries = new Entry[SIZE];

    /** Returns the entry of a descriptor; null if it is not in the cache. */
    @SuppressWarnings("ReferenceEquality") // an equal descriptor may have another entry
    public @Nullable Entry find(FunctionDescriptor function) {
        int place = place(function);
        Entry entry = entries[place];
        if (entry == null || entry.function != function) {
            entry = entries[place ^ 1];
        }
        return entry != null && entry.function == function ? entry : null;
    }

    /** Adds a descriptor. An older one may lose its place. */
    public void add(FunctionDescriptor function, KindSlots slots) {
        int place = place(function);
        // A pair of descriptors with the same place find room.
        entries[entries[place] == null ? place : place ^ 1] = new Entry(function, slots);
    }

    private static int place(FunctionDescriptor function) {
        return System.identityHashCode(function) & (SIZE - 1);
    }

    /** A descriptor, its method type, and its slots. */
    public static final class Entry {
        private final FunctionDescriptor function;
        private final MethodType type;
        private final KindSlots slots;

        private Entry(FunctionDescriptor function, KindSlots slots) {
            this.function = function;
            this.type = function.toMethodType();
            this.slots = slots;
        }

        /** The type of method handles of the function. */
        public MethodType type() {
            return type;
        }

        /** The slots of the function. */
        public KindSlots slots() {
            return slots;
        }
    }
}
