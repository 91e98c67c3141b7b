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

/** What does a call of a callback from a native loop cost, when it is always the same callback? */
@State(Scope.Thread)
public class CallBenchmark {
    /** Whose callback. */
    @Param
    public Library library = Library.SALTO;

    @SuppressWarnings("NullAway.Init") // set by open()
    private FunctionPointers functions;

    /** Opens the callback. */
    @Setup(Level.Trial)
    public void open() {
        int captured = System.identityHashCode(this);
        functions = new FunctionPointers(library, (a, b) -> a + b + captured);
    }

    /** Calls it. */
    @Benchmark
    @OperationsPerInvocation(FunctionPointers.CALLS)
    public int call() {
        return functions.callFirst();
    }

    /** Closes the callback. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        functions.close();
    }
}
