// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/** An array of native function pointers, one for each target. For one thread. */
final class FunctionPointers {
    /** How many calls native code makes at a time: so many that the way there does not count. */
    static final int CALLS = 10_000;

    private final Arena arena = Arena.ofConfined();
    private final List<AutoCloseable> callbacks = new ArrayList<>();
    private final MemorySegment functions;
    private final int count;

    /** Opens the callbacks. */
    FunctionPointers(Library library, IntBinaryOperator... targets) {
        count = targets.length;
        functions = arena.allocate(ADDRESS, count);
        for (int i = 0; i < count; i++) {
            callbacks.add(library.open(targets[i], functions, i));
        }
    }

    /** Has native code call the first function {@link #CALLS} times. */
    int callFirst() {
        return Callers.callRepeatedly(functions.get(ADDRESS, 0), CALLS, 0);
    }

    /** Has native code call all functions in turn, {@link #CALLS} times in all. */
    int callInTurn() {
        return Callers.callInTurn(functions, count, CALLS, 0);
    }

    /** Closes the callbacks. */
    void close() throws Exception {
        for (AutoCloseable callback : callbacks) {
            callback.close();
        }
        arena.close();
    }
}
