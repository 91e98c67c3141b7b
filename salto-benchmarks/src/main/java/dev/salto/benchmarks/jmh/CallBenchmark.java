// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.jmh;

import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a call of a callback from a native loop cost? Either it is always the same callback, or
 * callbacks to objects of several classes take turns, so that no type profile knows the next
 * target.
 */
@State(Scope.Thread)
public class CallBenchmark {
    /** How many calls native code makes at a time: so many that the way there does not count. */
    static final int CALLS = 10_000;

    /** Whose callbacks. */
    @Param
    public Peer peer = Peer.SALTO;

    /** How many take turns. */
    @Param({"1", "16"})
    public int targets;

    private MemorySegment functions = MemorySegment.NULL;

    /** Kept reachable: some peers' callbacks live no longer than their objects. */
    @SuppressWarnings("NullAway.Init") // set by open()
    private Callbacks<?> callbacks;

    /** Opens the callbacks. */
    @Setup(Level.Trial)
    public void open() {
        callbacks = peer.callbacks(targets);
        callbacks.openWithClassesOfTheirOwn();
        functions = callbacks.functions();
    }

    /** Calls them. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public int call() {
        return targets == 1
                ? Callers.callRepeatedly(callbacks.function(0), CALLS, 0)
                : Callers.callInTurn(functions, targets, CALLS, 0);
    }
}
