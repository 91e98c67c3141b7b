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
 * What does it cost to create a callback while 100,000 are live?
 *
 * <p>Timed are the capturing lambda, the callback, and writing its function pointer to native memory. As many callbacks are closed
 * again after each batch, which is not timed.
 */
@State(Scope.Thread)
public class CreateBenchmark {
    /** Whose callbacks. */
    @Param
    public Library library = Library.SALTO;

    @SuppressWarnings("NullAway.Init") // set by open()
    private Population population;

    /** Opens the live callbacks. */
    @Setup(Level.Trial)
    public void open() {
        population = new Population(library);
    }

    /** Creates callbacks. */
    @Benchmark
    @OperationsPerInvocation(Population.BATCH)
    public void create() {
        population.openBatch();
    }

    /** Closes as many as were created. */
    @TearDown(Level.Invocation)
    public void restore() throws Exception {
        population.closeOldestBatch();
    }
}
