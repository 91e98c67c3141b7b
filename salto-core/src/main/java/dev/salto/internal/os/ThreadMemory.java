// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the arguments of a call that has come through a gate, and for results. A thread uses
 * it again for its next call; calls within the call use other memory.
 */
public final class ThreadMemory {
    private static final long ALIGNMENT = 16;

    // Not by a method reference, whose class cannot be made at the end of a stack.
    private static final ThreadLocal<Free> FREE = new ThreadLocal<>() {
        @Override
        protected Free initialValue() {
            return new Free();
        }
    };

    /**
     * Those that threads used last, by the threads' numbers. To find one here takes less time than
     * to look a thread-local variable up. Another thread reads a final field only.
     */
    private static final @Nullable Free[] LAST_USED = new @Nullable Free[256];

    private static final class Free {
        /** The number of a thread, which no other thread ever has. */
        final long owner = Thread.currentThread().threadId();

        ThreadMemory first = new ThreadMemory(this);
    }

    private final Free free;

    /** For a call within this one; made when there is one. */
    private @Nullable ThreadMemory inner;

    /** Keeps the memory. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable MemorySegment memory;

    private long address;
    private long size;

    private ThreadMemory(Free free) {
        this.free = free;
    }

    /** The current thread's memory, for a call that begins or a result that is read at once. */
    public static ThreadMemory ofThread(long size) {
        long thread = Thread.currentThread().threadId();
        int place = (int) thread & LAST_USED.length - 1;
        Free free = LAST_USED[place];
        if (free == null || free.owner != thread) {
            free = FREE.get();
            LAST_USED[place] = free;
        }
        ThreadMemory own = free.first;
        if (own.size < size) {
            own.grow(size);
        }
        return own;
    }

    private void grow(long toSize) {
        MemorySegment larger = Arena.ofAuto().allocate(toSize, ALIGNMENT);
        memory = larger;
        address = larger.address();
        size = toSize;
    }

    /** Where it begins: a multiple of 16. */
    public long address() {
        return address;
    }

    /** Lets calls within this one use other memory, until {@link #leave}. */
    public void enter() {
        ThreadMemory next = inner;
        if (next == null) {
            next = new ThreadMemory(free);
            inner = next;
        }
        free.first = next;
    }

    /** Lets the thread use this memory again. */
    public void leave() {
        free.first = this;
    }
}
