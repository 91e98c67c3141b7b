// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.jmh;

import dev.salto.Trampoline;
import dev.salto.text.callers.Callers;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does it cost native code to call native code through a trampoline? No Java takes part. */
@State(Scope.Thread)
public class TrampolineBenchmark {
    /** How native code reaches the function. */
    public enum Path {
        /** By the function's own address. */
        DIRECT,
        /** By the address of a trampoline with the function as its target. */
        TRAMPOLINE
    }

    /** The way to the function. */
    @Param
    public Path path = Path.DIRECT;

    @SuppressWarnings("NullAway.Init") // set by open()
    private Trampoline trampoline;

    @SuppressWarnings("NullAway.Init") // set by open()
    private MemorySegment function;

    /** Sets the trampoline. */
    @Setup(Level.Trial)
    public void open() {
        trampoline = Trampoline.allocate().set(Callers.add(), MemorySegment.NULL);
        function = path == Path.DIRECT ? Callers.add() : trampoline.address();
    }

    /** Calls the function. */
    @Benchmark
    @OperationsPerInvocation(CallBenchmark.CALLS)
    public int call() {
        return Callers.callRepeatedly(function, CallBenchmark.CALLS, 0);
    }

    /** Frees the trampoline. */
    @TearDown(Level.Trial)
    public void close() {
        trampoline.close();
    }
}
