// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StaleCalls;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The stack traces of closing threads, if they are recorded. For any thread. */
final class Traces {
    private static final String OWN = "dev.salto.internal.";

    private static final Map<Integer, List<StackTraceElement>> TRACES = new ConcurrentHashMap<>();

    /** Where the closures that are open were bound. */
    private static final Map<Integer, List<StackTraceElement>> BINDINGS = new ConcurrentHashMap<>();

    private Traces() {}

    /** Records that the current thread gives a slot back. */
    static void note(int id) {
        if (StaleCalls.hasTraced()) {
            noteNow(id);
        }
    }

    private static void noteNow(int id) {
        if (Tables.kind(id).settings().tracesCloses()) {
            TRACES.put(id, here());
        } else {
            TRACES.remove(id);
        }
    }

    /** Records that the current thread binds a slot. */
    static void noteBinding(int id) {
        BINDINGS.put(id, here());
    }

    /** The stack trace of binding a slot's open closure, innermost first; empty if not recorded. */
    static List<StackTraceElement> ofBinding(int id) {
        return BINDINGS.getOrDefault(id, List.of());
    }

    /** The stack trace of giving a slot back, innermost first; empty if it was not recorded. */
    static List<StackTraceElement> of(int id) {
        return TRACES.getOrDefault(id, List.of());
    }

    /**
     * The current thread's stack trace, from the public method that closed the closure. It has only
     * names of classes, so that these can be unloaded.
     */
    private static List<StackTraceElement> here() {
        return Arrays.stream(new Throwable().getStackTrace())
                .dropWhile(frame -> frame.getClassName().startsWith(OWN))
                .toList();
    }
}
