// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does it cost to close a callback while 100,000 are live, in the order in which they were created? (The JDK's stubs cost far more
 * to close in any other order.)
 *
 * <p>As many callbacks are created before each batch, which is not timed.
 */
@State(Scope.Thread)
public class CloseBenchmark {
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

    /** Creates as many as will be closed. */
    @Setup(Level.Invocation)
    public void create() {
        population.openBatch();
    }

    /** Closes callbacks. */
    @Benchmark
    @OperationsPerInvocation(Population.BATCH)
    public void close() throws Exception {
        population.closeOldestBatch();
    }
}
