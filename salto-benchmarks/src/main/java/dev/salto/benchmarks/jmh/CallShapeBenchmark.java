// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.jmh;

import dev.salto.benchmarks.peers.Peer;
import dev.salto.benchmarks.peers.Shape;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a call of a callback from a native loop cost, when its parameters are more, or larger,
 * than two integers?
 */
@State(Scope.Thread)
public class CallShapeBenchmark {
    /** Whose callback. */
    @Param
    public Peer peer = Peer.SALTO;

    /** The types of its parameters. */
    @Param
    public Shape shape = Shape.EIGHT_INTS;

    private MemorySegment function = MemorySegment.NULL;

    /** Opens the callback. */
    @Setup(Level.Trial)
    public void open() {
        function = peer.callbacks(1).open(shape);
    }

    /** Calls it. */
    @Benchmark
    @OperationsPerInvocation(CallBenchmark.CALLS)
    public double call() {
        return shape.call(function, CallBenchmark.CALLS);
    }
}
