// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.BesideLibffi;
import dev.salto.benchmarks.child.DataDriven;
import dev.salto.benchmarks.child.FreshMemory;
import dev.salto.benchmarks.child.ManyInTurn;
import dev.salto.benchmarks.child.ManyTypes;
import dev.salto.benchmarks.child.NewTypes;
import dev.salto.benchmarks.child.Recorded;
import dev.salto.benchmarks.child.SideBySide;
import dev.salto.benchmarks.child.TwoThreads;
import dev.salto.benchmarks.figures.Collector;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.jmh.CallBenchmark;
import dev.salto.benchmarks.jmh.CallShapeBenchmark;
import dev.salto.benchmarks.jmh.NativeBindingBenchmark;
import dev.salto.benchmarks.jmh.OpenAndCloseBenchmark;
import dev.salto.benchmarks.jmh.TrampolineBenchmark;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.benchmarks.peers.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The steps of a run, in their order. A run has rounds. Each round measures every figure once for
 * every peer, the peers one after the other. So half a minute of other work on the machine does not
 * disturb only one side of a comparison.
 */
final class Plan {
    /** The key of the direct call, with which a trampoline and a binding are compared. */
    static final String DIRECT = "direct";

    private static final String SALTO = Peer.SALTO.key();
    private static final Map<Shape, Figure> SHAPES = Map.of(Shape.EIGHT_INTS, Figure.CALL_8_INTS, Shape.EIGHT_DOUBLES,
            Figure.CALL_8_DOUBLES, Shape.MIXED, Figure.CALL_STRUCT);

    private final Collection<Peer> peers;
    private final Set<Figure> figures;
    private final Pace pace;

    /**
     * A plan.
     *
     * @param peers the peers to measure
     * @param figures the figures to measure, with others of the same steps
     */
    Plan(Collection<Peer> peers, Set<Figure> figures, Pace pace) {
        this.peers = peers;
        this.figures = figures;
        this.pace = pace;
    }

    /** All steps, in order. */
    List<Step> steps() {
        List<Kind> kinds = kinds();
        List<Step> steps = new ArrayList<>();
        int rounds = kinds.stream().mapToInt(Kind::rounds).max().orElse(0);
        for (int round = 0; round < rounds; round++) {
            for (Kind kind : kinds) {
                if (round < kind.rounds) {
                    kind.steps.stream().filter(step -> !Collections.disjoint(step.figures(), figures))
                            .forEach(steps::add);
                }
            }
        }
        return steps;
    }

    /**
     * Steps that belong together: the same figure of several peers.
     *
     * @param rounds how often they are run
     */
    private record Kind(int rounds, List<? extends Step> steps) {}

    private List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        for (Size size : Size.values()) {
            kinds.add(new Kind(pace.rounds(size), peers.stream().filter(peer -> pace.reaches(peer, size))
                    .map(peer -> new PopulationStep(peer, size, pace.measuring(), pace.cap())).toList()));
        }
        for (Size size : Figure.NEW_TYPES) {
            kinds.add(freshMemory(size));
        }
        kinds.add(besideLibffi(Peer.SALTO_ADDRESS, Figure.BIND_ADDRESS_BY_TURNS));
        kinds.add(besideLibffi(Peer.SALTO, Figure.CREATE_CLOSE_BY_TURNS));
        kinds.add(jmh(Figure.CREATE_CLOSE_LOOP, OpenAndCloseBenchmark.class, Map.of(), EnumSet.allOf(Peer.class)));
        Set<Peer> callers = EnumSet.allOf(Peer.class);
        callers.removeIf(Peer::isVariant);
        kinds.add(jmh(Figure.CALL_ONE, CallBenchmark.class, Map.of("targets", "1"), callers));
        kinds.add(jmh(Figure.CALL_16_IN_TURN, CallBenchmark.class, Map.of("targets", "16"), callers));
        kinds.add(sideBySide());
        kinds.add(manyInTurn());
        for (Shape shape : Shape.values()) {
            kinds.add(jmh(shape(shape), CallShapeBenchmark.class, Map.of("shape", shape.name()), callers));
        }
        kinds.add(direct(Figure.TRAMPOLINE, TrampolineBenchmark.class, "path", TrampolineBenchmark.Path.TRAMPOLINE,
                TrampolineBenchmark.Path.DIRECT));
        kinds.add(direct(Figure.NATIVE_BINDING, NativeBindingBenchmark.class, "function",
                NativeBindingBenchmark.Function.BOUND, NativeBindingBenchmark.Function.DIRECT));
        kinds.add(new Kind(1, peers.stream().filter(pace::hasThreads).map(this::twoThreads).toList()));
        kinds.add(newTypes());
        kinds.add(dataDriven());
        kinds.add(recorded());
        kinds.add(manyTypes());
        for (boolean withCache : List.of(false, true)) {
            kinds.add(new Kind(pace.starts(), peers.stream().filter(peer -> !peer.isVariant())
                    .map(peer -> new FirstCallbackStep(peer, withCache)).toList()));
        }
        for (Collector collector : Collector.values()) {
            kinds.add(new Kind(1, pauses(collector)));
        }
        return kinds;
    }

    /** The figure for calls of a shape. */
    static Figure shape(Shape shape) {
        return SHAPES.getOrDefault(shape, Figure.CALL_STRUCT);
    }

    private Kind jmh(Figure figure, Class<?> benchmark, Map<String, String> parameters, Set<Peer> whom) {
        List<Step> steps = new ArrayList<>();
        for (Peer peer : peers) {
            if (whom.contains(peer)) {
                Map<String, String> all = new TreeMap<>(parameters);
                all.put("peer", peer.name());
                steps.add(new JmhStep(peer.key(), figure, benchmark, all, peer.jvmOptions(), pace.effort()));
            }
        }
        return new Kind(pace.forks(), steps);
    }

    private Kind direct(Figure figure, Class<?> benchmark, String parameter, Enum<?> own, Enum<?> other) {
        if (!peers.contains(Peer.SALTO)) {
            return new Kind(0, List.of());
        }
        return new Kind(pace.forks(), List.of(
                new JmhStep(SALTO, figure, benchmark, Map.of(parameter, own.name()), List.of(), pace.effort()),
                new JmhStep(DIRECT, figure, benchmark, Map.of(parameter, other.name()), List.of(), pace.effort())));
    }

    private Kind sideBySide() {
        List<Peer> others = peers.stream().filter(peer -> !SideBySide.figures(peer).isEmpty()).toList();
        if (!peers.contains(Peer.SALTO) || others.isEmpty()) {
            return new Kind(0, List.of());
        }
        List<Figure> compared = others.stream().flatMap(peer -> SideBySide.figures(peer).stream()).toList();
        return new Kind(pace.jvms(), List.of(new ProgramStep(SALTO, "calls side by side", compared,
                SideBySide.class, List.of(), others.stream().map(Peer::name).toList())));
    }

    private Kind freshMemory(Size size) {
        List<Step> steps = new ArrayList<>();
        for (Peer peer : List.of(Peer.SALTO, Peer.LIBFFI)) {
            if (peers.contains(peer)) {
                // Only Java objects need a heap.
                List<String> options = peer == Peer.SALTO ? size.heapOptions() : List.of();
                steps.add(new ProgramStep(peer.key(), size + " of a new type", List.of(Figure.createNewType(size)),
                        FreshMemory.class, options, List.of(peer.name(), size.name())));
            }
        }
        return new Kind(pace.jvms(), steps);
    }

    private Kind besideLibffi(Peer salto, Figure figure) {
        if (!peers.contains(salto) || !peers.contains(Peer.LIBFFI)) {
            return new Kind(0, List.of());
        }
        return new Kind(pace.pairs(), List.of(new ProgramStep(salto.key(), "by turns with libffi", List.of(figure),
                BesideLibffi.class, Size.K100.heapOptions(), List.of(salto.name()))));
    }

    private Kind manyInTurn() {
        if (!peers.contains(Peer.SALTO) || !peers.contains(Peer.JDK)) {
            return new Kind(0, List.of());
        }
        return new Kind(pace.pairs(), List.of(new ProgramStep(SALTO, "calls of 200,000 in turn",
                List.of(Figure.CALL_200K_TO_JDK), ManyInTurn.class, List.of(), List.of())));
    }

    private Kind manyTypes() {
        List<Step> steps = new ArrayList<>();
        for (Peer peer : List.of(Peer.SALTO, Peer.JDK)) {
            if (peers.contains(peer)) {
                steps.add(new ProgramStep(peer.key(), "8,192 types",
                        List.of(Figure.TYPES_RESIDENT, Figure.TYPES_CPU_TIME), ManyTypes.class, List.of(),
                        List.of(peer.name())));
            }
        }
        return new Kind(pace.pairs(), steps);
    }

    private Kind newTypes() {
        List<Step> steps = new ArrayList<>();
        for (Peer peer : List.of(Peer.SALTO, Peer.JDK)) {
            if (peers.contains(peer)) {
                steps.add(new ProgramStep(peer.key(), "new types", List.of(Figure.NEW_TYPE, Figure.NEW_TYPE_WARM),
                        NewTypes.class, List.of(), List.of(peer.name())));
            }
        }
        return new Kind(pace.jvms(), steps);
    }

    private Kind dataDriven() {
        if (!peers.contains(Peer.SALTO) || !peers.contains(Peer.JDK)) {
            return new Kind(0, List.of());
        }
        return new Kind(pace.forks(), List.of(new ProgramStep(SALTO, "data-driven closures",
                List.of(Figure.CALL_DATA_DRIVEN_TO_JDK, Figure.CALL_DATA_DRIVEN_BYTES),
                DataDriven.class, List.of(), List.of())));
    }

    private Kind recorded() {
        if (!peers.contains(Peer.SALTO) || !peers.contains(Peer.JDK)) {
            return new Kind(0, List.of());
        }
        return new Kind(pace.forks(), List.of(new ProgramStep(SALTO, "recorded calls",
                List.of(Figure.RECORDED_TO_JDK, Figure.RECORDED_CLOCK_TO_JDK, Figure.RECORDED_RATE_TO_JDK,
                        Figure.RECORDED_BYTES, Figure.ATTACH),
                Recorded.class, List.of(), List.of())));
    }

    private Step twoThreads(Peer peer) {
        List<String> options = new ArrayList<>(peer.jvmOptions());
        // So large that hardly any garbage is collected during the measurement.
        options.addAll(List.of("-Xms1g", "-Xmx1g", "-Xmn700m", "-XX:+AlwaysPreTouch"));
        return new ProgramStep(peer.key(), "two threads",
                List.of(Figure.TWO_THREADS_CREATE, Figure.TWO_THREADS_CREATE_CLOSE, Figure.TWO_THREADS_CLOSE_OTHERS),
                TwoThreads.class, options, List.of(peer.name(), Integer.toString(pace.threadRounds())));
    }

    private List<Step> pauses(Collector collector) {
        List<Step> steps = new ArrayList<>();
        if (peers.contains(Peer.SALTO)) {
            steps.add(new PauseStep(collector, true));
            steps.add(new PauseStep(collector, false));
        }
        return steps;
    }
}
