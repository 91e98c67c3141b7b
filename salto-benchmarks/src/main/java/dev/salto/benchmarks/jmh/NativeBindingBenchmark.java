// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.jmh;

import dev.salto.NativeBinding;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost native code to call a native function whose last parameter is bound? No Java
 * takes part.
 */
@State(Scope.Thread)
public class NativeBindingBenchmark {
    /** The function of a call. */
    public enum Function {
        /** A function of two parameters. */
        DIRECT,
        /**
         * A function of three parameters, by way of a binding; it also reads what its third one
         * points to.
         */
        BOUND
    }

    /** The function of a call. */
    @Param
    public Function function = Function.DIRECT;

    private final Arena arena = Arena.ofConfined();

    @SuppressWarnings("NullAway.Init") // set by open()
    private NativeBinding binding;

    private MemorySegment address = MemorySegment.NULL;

    /** Binds the function. */
    @Setup(Level.Trial)
    public void open() {
        FunctionDescriptor withContext = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS);
        binding = NativeBinding.bindTrailing(Callers.addWithContext(), withContext,
                arena.allocateFrom(ValueLayout.JAVA_INT, 1));
        address = function == Function.DIRECT ? Callers.add() : binding.address();
    }

    /** Calls the function. */
    @Benchmark
    @OperationsPerInvocation(CallBenchmark.CALLS)
    public int call() {
        return Callers.callRepeatedly(address, CallBenchmark.CALLS, 0);
    }

    /** Frees the binding. */
    @TearDown(Level.Trial)
    public void close() {
        binding.close();
        arena.close();
    }
}
