// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How long do calls of Salto's callbacks take, against those of peers that can be in the same JVM,
 * by {@linkplain Turns turns}?
 *
 * <p>Where code happens to lie in memory counts for some hundredths, and stays the same as long as
 * the JVM runs. So each peer has several callbacks, and it takes several JVMs.
 */
public final class SideBySide {
    private static final Map<Peer, Figure> ONE = Map.of(Peer.JDK, Figure.CALL_ONE_TO_JDK, Peer.LWJGL,
            Figure.CALL_ONE_TO_LWJGL);
    private static final Map<Peer, Figure> SIXTEEN = Map.of(Peer.JDK, Figure.CALL_16_TO_JDK);

    private SideBySide() {}

    /**
     * Measures.
     *
     * @param arguments the peers besides Salto
     */
    public static void main(String[] arguments) {
        List<Peer> peers = Arrays.stream(arguments).map(Peer::valueOf).toList();
        measure(peers, ONE, SideBySide::callsOfOne);
        // The callbacks so far are not called any more.
        measure(peers, SIXTEEN, SideBySide::callsOf16);
        Runtime.getRuntime().halt(0);
    }

    /** The figures of a peer; empty for other peers. */
    public static List<Figure> figures(Peer peer) {
        return Stream.of(ONE, SIXTEEN).filter(figures -> figures.containsKey(peer)).map(figures -> figures.get(peer))
                .toList();
    }

    /** Each of four callbacks to objects of one class, called again and again. */
    private static List<Runnable> callsOfOne(Peer peer) {
        int count = 4;
        Callbacks<?> callbacks = peer.callbacks(count);
        callbacks.open(0, count);
        List<Runnable> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int place = i;
            calls.add(() -> Callers.callRepeatedly(callbacks.function(place), Turns.CALLS, 0));
        }
        return calls;
    }

    /** Callbacks to objects of 16 classes, called in turn. */
    private static List<Runnable> callsOf16(Peer peer) {
        int count = 16;
        Callbacks<?> callbacks = peer.callbacks(count);
        callbacks.openWithClassesOfTheirOwn();
        return List.of(() -> Callers.callInTurn(callbacks.functions(), count, Turns.CALLS, 0));
    }

    private static void measure(List<Peer> peers, Map<Peer, Figure> figures, Function<Peer, List<Runnable>> calls) {
        Map<Figure, List<Runnable>> others = new LinkedHashMap<>();
        figures.forEach((peer, figure) -> {
            if (peers.contains(peer)) {
                others.put(figure, calls.apply(peer));
            }
        });
        if (!others.isEmpty()) {
            new Turns(calls.apply(Peer.SALTO), others).measure();
        }
    }
}
