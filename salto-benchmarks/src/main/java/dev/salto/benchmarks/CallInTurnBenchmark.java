// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does a call of a callback from a native loop cost, when 16 callbacks to objects of 16 classes take turns, so that no type profile
 * knows the next target?
 */
@State(Scope.Thread)
public class CallInTurnBenchmark {
    /** Whose callbacks. */
    @Param
    public Library library = Library.SALTO;

    @SuppressWarnings("NullAway.Init") // set by open()
    private FunctionPointers functions;

    /** Opens the callbacks. Each lambda that is written out is a class of its own. */
    @Setup(Level.Trial)
    public void open() {
        int captured = System.identityHashCode(this);
        functions = new FunctionPointers(library,
                (a, b) -> a + b + captured,
                (a, b) -> a - b + captured,
                (a, b) -> a + b - captured,
                (a, b) -> a - b - captured,
                (a, b) -> b - a + captured,
                (a, b) -> b - a - captured,
                (a, b) -> (a & b) + captured,
                (a, b) -> (a | b) + captured,
                (a, b) -> (a ^ b) + captured,
                (a, b) -> (a & b) - captured,
                (a, b) -> (a | b) - captured,
                (a, b) -> (a ^ b) - captured,
                (a, b) -> (a + b) ^ captured,
                (a, b) -> (a - b) ^ captured,
                (a, b) -> (a + b) & captured,
                (a, b) -> (a + b) | captured);
    }

    /** Calls them. */
    @Benchmark
    @OperationsPerInvocation(FunctionPointers.CALLS)
    public int call() {
        return functions.callInTurn();
    }

    /** Closes the callbacks. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        functions.close();
    }
}
