// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.JavaFrames;
import dev.salto.internal.failure.StaleCalls;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The stack traces of closing threads, if they are recorded. For any thread. */
final class Traces {
    private static final Map<Integer, List<StackTraceElement>> TRACES = new ConcurrentHashMap<>();

    /** The last bindings of slots whose kinds trace them all. */
    private static final Map<Integer, Binding> BINDINGS = new ConcurrentHashMap<>();

    private record Binding(Kind kind, List<StackTraceElement> frames) {}

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

    /**
     * Records that the current thread has bound a slot of a kind. Where there is no memory for
     * that, it is not recorded.
     */
    static void noteBinding(int id, Kind kind) {
        try {
            BINDINGS.put(id, new Binding(kind, behindApi(here())));
        } catch (RuntimeException | Error e) {
            // The closure is bound nevertheless.
        }
    }

    /** Where Salto's public methods were called. */
    private static List<StackTraceElement> behindApi(List<StackTraceElement> frames) {
        // No lambda: at the end of a stack, its class could become unusable.
        int first = 0;
        while (first < frames.size() && isOfApi(frames.get(first).getClassName())) {
            first++;
        }
        return List.copyOf(frames.subList(first, frames.size()));
    }

    private static boolean isOfApi(String className) {
        return switch (className) {
            case "dev.salto.Closure", "dev.salto.ClosureType", "dev.salto.CallInterface", "dev.salto.Callbacks",
                    "dev.salto.ReservedFunction", "dev.salto.StaticLinker" ->
                true;
            default -> false;
        };
    }

    /** The stack trace of binding a slot's open closure, innermost first; empty if not recorded. */
    static List<StackTraceElement> ofBinding(int id, Kind kind) {
        Binding binding = BINDINGS.get(id);
        return binding != null && binding.kind.equals(kind) ? binding.frames : List.of();
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
        return JavaFrames.of(new Throwable());
    }
}
