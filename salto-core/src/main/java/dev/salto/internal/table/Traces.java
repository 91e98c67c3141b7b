// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StaleCalls;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where slots were given back, if that is recorded. For any thread. */
final class Traces {
    private static final String OWN = "dev.salto.internal.";

    private static final Map<Integer, List<StackTraceElement>> TRACES = new ConcurrentHashMap<>();

    private Traces() {}

    /** Notes that the current thread gives a slot back. */
    static void note(int id) {
        if (StaleCalls.hasTraced()) {
            noteNow(id);
        }
    }

    private static void noteNow(int id) {
        if (StaleCalls.isTracing()) {
            TRACES.put(id, here());
        } else {
            TRACES.remove(id);
        }
    }

    /** Where a slot was given back, innermost first; empty if that was not recorded. */
    static List<StackTraceElement> of(int id) {
        return TRACES.getOrDefault(id, List.of());
    }

    /**
     * Where the current thread is, from the public method on that closed the closure; by the names
     * of classes only, so that they can be unloaded.
     */
    private static List<StackTraceElement> here() {
        return Arrays.stream(new Throwable().getStackTrace())
                .dropWhile(frame -> frame.getClassName().startsWith(OWN))
                .toList();
    }
}
