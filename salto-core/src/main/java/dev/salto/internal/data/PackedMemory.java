// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the arguments and the result of a call through a gate. A thread uses it again for its
 * next call; nested calls use other memory.
 */
final class PackedMemory {
    private static final ThreadLocal<Free> FREE = ThreadLocal.withInitial(Free::new);

    private static final class Free {
        PackedMemory first = new PackedMemory(this);
    }

    private final Free free;

    /** For a nested call; made with the first one. */
    private @Nullable PackedMemory inner;

    /** Keeps the memory alive. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable MemorySegment memory;

    private long address;
    private long size;

    private PackedMemory(Free free) {
        this.free = free;
    }

    /** The current thread's memory for a call that begins. */
    static PackedMemory ofThread(long size) {
        PackedMemory own = FREE.get().first;
        if (own.size < size) {
            own.grow(size);
        }
        return own;
    }

    private void grow(long toSize) {
        MemorySegment larger = Arena.ofAuto().allocate(toSize, CallPlan.PACKED_SLOT);
        memory = larger;
        address = larger.address();
        size = toSize;
    }

    long address() {
        return address;
    }

    /** Gives nested calls other memory, until {@link #leave}. */
    void enter() {
        PackedMemory next = inner;
        if (next == null) {
            next = new PackedMemory(free);
            inner = next;
        }
        free.first = next;
    }

    void leave() {
        free.first = this;
    }
}
