// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does a call of a callback from a native loop cost, when its parameters are more, or larger, than two integers? */
@State(Scope.Thread)
public class CallShapeBenchmark {
    /** Whose callback. */
    @Param
    public Library library = Library.SALTO;

    /** What its parameters are. */
    @Param
    public Shape shape = Shape.EIGHT_INTS;

    private final Arena arena = Arena.ofConfined();
    private MemorySegment function = MemorySegment.NULL;

    /** Opens the callback. */
    @Setup(Level.Trial)
    public void open() {
        function = shape.open(library, arena);
    }

    /** Calls it. */
    @Benchmark
    @OperationsPerInvocation(FunctionPointers.CALLS)
    public double call() {
        return shape.call(function, FunctionPointers.CALLS);
    }

    /** Closes the callback. */
    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }
}
