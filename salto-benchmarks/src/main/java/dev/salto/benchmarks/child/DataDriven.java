// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import com.sun.management.ThreadMXBean;
import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Data-driven closures against the JDK's upcall stubs, by turns in one JVM: the first of a new type of function, and calls. */
public final class DataDriven {
    private static final List<MemoryLayout> LAYOUTS = List.of(JAVA_INT, JAVA_DOUBLE, JAVA_LONG, JAVA_FLOAT,
            JAVA_SHORT);

    /** New types that are not counted, because of what the JVM does for the first ones only. */
    private static final int WARM_UP_TYPES = 300;

    private static final int TYPES = 200;
    private static final int ROUNDS = 200;
    private static final int CALLS = 10_000;

    private DataDriven() {}

    /** Measures. */
    public static void main(String[] arguments) throws Throwable {
        newTypes();
        calls();
        Runtime.getRuntime().halt(0);
    }

    private static void newTypes() throws Throwable {
        MethodHandle sum = MethodHandles.constant(int.class, 7);
        ArgumentHandler handler = call -> call.setReturn(7);
        for (int i = 0; i < WARM_UP_TYPES + TYPES; i++) {
            FunctionDescriptor function = type(i);
            MethodHandle target = MethodHandles.dropArguments(sum, 0, function.toMethodType().parameterList());

            long start = System.nanoTime();
            Closure<ArgumentHandler> closure = CallInterface.prepare(function).bind(handler);
            long between = System.nanoTime();
            Linker.nativeLinker().upcallStub(target, function, Arena.global());
            long end = System.nanoTime();
            closure.close();
            if (i >= WARM_UP_TYPES) {
                Message.sample(Figure.NEW_TYPE_TO_JDK, (double) (end - between) / (between - start));
            }
        }
    }

    /** One of many: its arguments' types are the digits of a number. */
    private static FunctionDescriptor type(int number) {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT);
        for (int rest = number + 1; rest > 0; rest /= LAYOUTS.size()) {
            function = function.appendArgumentLayouts(LAYOUTS.get(rest % LAYOUTS.size()));
        }
        return function;
    }

    private static void calls() {
        Callbacks<?> stubs = Peer.JDK.callbacks(1);
        stubs.open(0, 1);
        MemorySegment stub = stubs.function(0);
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Closure<ArgumentHandler> closure = type
                .bind(call -> call.setReturn(call.getInt(0) + call.getInt(1)))) {
            MemorySegment function = closure.address();
            for (int round = 0; round < 2 * ROUNDS; round++) {
                long start = System.nanoTime();
                int ours = Callers.callRepeatedly(function, CALLS, round);
                long between = System.nanoTime();
                int theirs = Callers.callRepeatedly(stub, CALLS, round);
                long end = System.nanoTime();
                if (ours != theirs) {
                    throw new IllegalStateException("a callback was wrong");
                }
                if (round >= ROUNDS) {
                    Message.sample(Figure.CALL_DATA_DRIVEN_TO_JDK, (double) (between - start) / (end - between));
                }
            }
            // What it takes to measure is taken away.
            long empty = threads.getCurrentThreadAllocatedBytes();
            long before = threads.getCurrentThreadAllocatedBytes();
            int _ = Callers.callRepeatedly(function, CALLS, 1);
            long after = threads.getCurrentThreadAllocatedBytes();
            // Whole bytes: less than one for each call is the JVM's own.
            long each = Math.floorDiv(Math.max(after - before - (before - empty), 0), CALLS);
            Message.sample(Figure.CALL_DATA_DRIVEN_BYTES, (double) each);
        }
    }
}
