// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.util.List;
import java.util.Map;

/** Calls each of 200,000 callbacks of Salto and the JDK, by {@linkplain Turns turns} in one JVM. */
public final class ManyInTurn {
    /** Of the JDK's stubs not many more fit into the code cache. */
    private static final int COUNT = 200_000;

    private ManyInTurn() {}

    /** Measures. */
    public static void main(String[] arguments) {
        new Turns(List.of(calls(Peer.SALTO)), Map.of(Figure.CALL_200K_TO_JDK, List.of(calls(Peer.JDK)))).measure();
        Runtime.getRuntime().halt(0);
    }

    private static Runnable calls(Peer peer) {
        Callbacks<?> callbacks = peer.callbacks(COUNT);
        callbacks.open(0, COUNT);
        return () -> Callers.callInTurn(callbacks.functions(), COUNT, COUNT, 0);
    }
}
