// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.Trampoline;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.text.callers.Callers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** How long do calls from native code to native code take through a trampoline, against direct ones, by {@linkplain Turns turns}? No Java takes part. */
public final class NativeCalls {
    /** After so many the next one has the same place in a cache line. */
    private static final int TRAMPOLINES = 8;

    /** So many that the way to the native loop does not count. */
    private static final int CALLS = 50_000;

    private NativeCalls() {}

    /** Measures. */
    public static void main(String[] arguments) {
        List<Runnable> calls = new ArrayList<>();
        for (int i = 0; i < TRAMPOLINES; i++) {
            calls.add(callsOf(Trampoline.allocate().set(Callers.add(), MemorySegment.NULL).address()));
        }
        List<Runnable> direct = Collections.nCopies(TRAMPOLINES, callsOf(Callers.add()));
        new Turns(calls, Map.of(Figure.TRAMPOLINE_TO_DIRECT, direct)).measure();
        Runtime.getRuntime().halt(0);
    }

    private static Runnable callsOf(MemorySegment function) {
        return () -> Callers.callRepeatedly(function, CALLS, 0);
    }
}
