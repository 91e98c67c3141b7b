// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.sun.management.ThreadMXBean;
import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

/**
 * Calls of data-driven closures against those of the JDK's upcall stubs, by
 * {@linkplain Turns turns} in one JVM.
 */
public final class DataDriven {
    private DataDriven() {}

    /** Measures. */
    public static void main(String[] arguments) {
        Callbacks<?> stubs = Peer.JDK.callbacks(1);
        stubs.open(0, 1);
        MemorySegment stub = stubs.function(0);
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Closure<ArgumentHandler> closure = type
                .bind(call -> call.setReturn(call.getInt(0) + call.getInt(1)))) {
            MemorySegment function = closure.address();
            new Turns(List.of(callsOf(function)), Map.of(Figure.CALL_DATA_DRIVEN_TO_JDK, List.of(callsOf(stub))))
                    .measure();
            // The cost of measuring is subtracted.
            long empty = threads.getCurrentThreadAllocatedBytes();
            long before = threads.getCurrentThreadAllocatedBytes();
            int _ = Callers.callRepeatedly(function, Turns.CALLS, 1);
            long after = threads.getCurrentThreadAllocatedBytes();
            // Whole bytes: less than one for each call is the JVM's own.
            long each = Math.floorDiv(Math.max(after - before - (before - empty), 0), Turns.CALLS);
            Message.sample(Figure.CALL_DATA_DRIVEN_BYTES, (double) each);
        }
        Runtime.getRuntime().halt(0);
    }

    private static Runnable callsOf(MemorySegment function) {
        int expected = Callers.callRepeatedly(Callers.add(), Turns.CALLS, 0);
        return () -> {
            if (Callers.callRepeatedly(function, Turns.CALLS, 0) != expected) {
                throw new IllegalStateException("a callback was wrong");
            }
        };
    }
}
