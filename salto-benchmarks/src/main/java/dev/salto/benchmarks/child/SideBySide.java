// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How long do calls of Salto's callbacks take, against those of peers that can be in the same JVM? In each round a native loop calls the callbacks of all peers, each
 * for a fraction of a millisecond, in an order of chance. A round's value is Salto's time by the other's in that round, so the figure is a median of ratios, not a ratio of
 * medians: a machine that becomes slower meanwhile becomes so for both.
 *
 * <p>Where code happens to lie in memory counts for some hundredths, and stays the same as long as the JVM runs. So each peer has several callbacks, and it takes several JVMs.
 */
public final class SideBySide {
    private static final Map<Peer, Figure> ONE = Map.of(Peer.JDK, Figure.CALL_ONE_TO_JDK, Peer.LWJGL,
            Figure.CALL_ONE_TO_LWJGL);
    private static final Map<Peer, Figure> SIXTEEN = Map.of(Peer.JDK, Figure.CALL_16_TO_JDK);

    /** So many that the way to the native loop does not count, and so few that the machine hardly changes from one peer to the next. */
    private static final int CALLS = 10_000;

    private static final int ROUNDS = 100;

    /** By then Salto has found the hot classes, too. */
    private static final Duration LEAST_WARM_UP = Duration.ofMillis(500);

    /** How long the JIT compilers must have had nothing to do. */
    private static final Duration QUIET = Duration.ofMillis(200);

    private static final Duration MOST_WARM_UP = Duration.ofSeconds(10);

    private final Random chance = new Random();
    private final Side salto = new Side();
    private final Map<Side, Figure> others = new LinkedHashMap<>();
    private final List<Turn> turns = new ArrayList<>();

    /** How long the calls of a peer's callbacks took in this round. */
    private static final class Side {
        private long nanoseconds;
    }

    /** Calls of a side's callbacks. */
    private record Turn(Side side, Runnable calls) {
        void take() {
            long start = System.nanoTime();
            calls.run();
            side.nanoseconds += System.nanoTime() - start;
        }
    }

    private SideBySide(Map<Peer, Figure> figures, Function<Peer, List<Runnable>> calls) {
        calls.apply(Peer.SALTO).forEach(call -> turns.add(new Turn(salto, call)));
        figures.forEach((peer, figure) -> {
            Side other = new Side();
            others.put(other, figure);
            calls.apply(peer).forEach(call -> turns.add(new Turn(other, call)));
        });
    }

    /**
     * Measures.
     *
     * @param arguments the peers besides Salto
     */
    public static void main(String[] arguments) {
        List<Peer> peers = Arrays.stream(arguments).map(Peer::valueOf).toList();
        measure(peers, ONE, SideBySide::callsOfOne);
        // What was called until now is not called any more.
        measure(peers, SIXTEEN, SideBySide::callsOf16);
        Runtime.getRuntime().halt(0);
    }

    /** What is measured of a peer; nothing if it is not one of those. */
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
            calls.add(() -> Callers.callRepeatedly(callbacks.function(place), CALLS, 0));
        }
        return calls;
    }

    /** Callbacks to objects of 16 classes, called in turn. */
    private static List<Runnable> callsOf16(Peer peer) {
        int count = 16;
        Callbacks<?> callbacks = peer.callbacks(count);
        callbacks.openWithClassesOfTheirOwn();
        return List.of(() -> Callers.callInTurn(callbacks.functions(), count, CALLS, 0));
    }

    private static void measure(List<Peer> peers, Map<Peer, Figure> figures, Function<Peer, List<Runnable>> calls) {
        Map<Peer, Figure> measured = new EnumMap<>(figures);
        measured.keySet().retainAll(peers);
        if (!measured.isEmpty()) {
            SideBySide measurement = new SideBySide(measured, calls);
            measurement.warmUp();
            measurement.measure();
        }
    }

    private void warmUp() {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        long start = System.nanoTime();
        long now = start;
        long quietSince = start;
        long compiling = 0;
        while (now - start < LEAST_WARM_UP.toNanos()
                || (now - quietSince < QUIET.toNanos() && now - start < MOST_WARM_UP.toNanos())) {
            round();
            now = System.nanoTime();
            if (compilers.getTotalCompilationTime() != compiling) {
                compiling = compilers.getTotalCompilationTime();
                quietSince = now;
            }
        }
    }

    private void measure() {
        List<Message> samples = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            round();
            others.forEach((other, figure) -> samples
                    .add(new Message.Sample(figure.key(), (double) salto.nanoseconds / other.nanoseconds)));
        }
        samples.forEach(Message::send);
    }

    private void round() {
        salto.nanoseconds = 0;
        others.keySet().forEach(other -> other.nanoseconds = 0);
        Collections.shuffle(turns, chance);
        turns.forEach(Turn::take);
    }
}
