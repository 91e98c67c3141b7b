// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that are open together, each bound to a capturing lambda of its own, in a ring. Opening a batch and closing the oldest
 * one by turns keeps {@link #LIVE} of them open: far from the about 324,000 at which the JVM has no room for upcall stubs left. So but
 * for the first round both libraries reuse what closed callbacks left: Salto its trampolines, the JDK its code cache.
 *
 * <p>For one thread.
 */
final class Population {
    /** How many callbacks are open, at the least. */
    static final int LIVE = 100_000;

    /** How many are opened, or closed, at a time. Divides {@link #LIVE}. */
    static final int BATCH = 10_000;

    private static final int CAPACITY = LIVE + BATCH;

    private final Library library;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment functions = arena.allocate(ADDRESS, CAPACITY);
    private final @Nullable AutoCloseable[] callbacks = new @Nullable AutoCloseable[CAPACITY];
    private int next;
    private int oldest;

    /** Opens the first {@link #LIVE} callbacks. */
    Population(Library library) {
        this.library = library;
        for (int opened = 0; opened < LIVE; opened += BATCH) {
            openBatch();
        }
    }

    /** Opens {@link #BATCH} callbacks. */
    void openBatch() {
        int end = next + BATCH;
        for (int i = next; i < end; i++) {
            int captured = i;
            callbacks[i] = library.open((a, b) -> a + b + captured, functions, i);
        }
        next = end % CAPACITY;
    }

    /** Closes the {@link #BATCH} oldest callbacks, in the order in which they were opened. */
    void closeOldestBatch() throws Exception {
        int end = oldest + BATCH;
        for (int i = oldest; i < end; i++) {
            AutoCloseable callback = callbacks[i];
            if (callback != null) {
                callback.close();
            }
        }
        oldest = end % CAPACITY;
    }
}
