// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.jmh;

import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What does it cost to create a callback and to close it again at once? */
@State(Scope.Thread)
public class OpenAndCloseBenchmark {
    private static final int TIMES = 1_000;

    /** Whose callbacks. */
    @Param
    public Peer peer = Peer.SALTO;

    @SuppressWarnings("NullAway.Init") // set by load()
    private Callbacks<?> callbacks;

    /** Loads the library. */
    @Setup(Level.Trial)
    public void load() {
        callbacks = peer.callbacks(1);
    }

    /** Creates and closes callbacks, one after the other. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void openAndClose() {
        callbacks.openAndClose(TIMES);
    }
}
