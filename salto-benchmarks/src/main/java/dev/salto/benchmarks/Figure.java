// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/**
 * One line of the table: Salto's time beside that of what it is compared with, its peer. Times are medians over all iterations of all
 * forks; other work on the machine disturbs them less than means.
 *
 * @param name what is measured
 * @param benchmark the class that measures it; it has one benchmark method
 * @param variant the values of parameters that both sides share
 * @param salto the value for Salto of the parameter that tells the sides apart
 * @param peer its value for the peer
 * @param limit what is asked of Salto
 */
record Figure(String name, Class<?> benchmark, List<Enum<?>> variant, Enum<?> salto, Enum<?> peer, Limit limit) {
    private static final String UNIT = "ns/op";
    private static final List<Figure> ALL = List.of(
            ofLibraries("create one, 100,000 live", CreateBenchmark.class, Limit.timesFaster(100)),
            ofLibraries("close one, 100,000 live", CloseBenchmark.class, Limit.NONE),
            ofLibraries("call one", CallBenchmark.class, Limit.timesAsLong(1.10)),
            ofLibraries("call 16 in turn", CallInTurnBenchmark.class, Limit.NONE),
            ofLibraries("call with 8 ints", CallShapeBenchmark.class, Limit.timesAsLong(1.25), Shape.EIGHT_INTS),
            ofLibraries("call with 8 doubles", CallShapeBenchmark.class, Limit.timesAsLong(1.10), Shape.EIGHT_DOUBLES),
            ofLibraries("call with a struct", CallShapeBenchmark.class, Limit.timesAsLong(1.10), Shape.MIXED),
            new Figure("call native to native", TrampolineBenchmark.class, List.of(),
                    TrampolineBenchmark.Path.TRAMPOLINE,
                    TrampolineBenchmark.Path.DIRECT, Limit.timesAsLong(1.30)),
            new Figure("call a native binding", NativeBindingBenchmark.class, List.of(),
                    NativeBindingBenchmark.Function.BOUND, NativeBindingBenchmark.Function.DIRECT,
                    Limit.timesAsLong(1.50)));

    private static Figure ofLibraries(String name, Class<?> benchmark, Limit limit, Enum<?>... variant) {
        return new Figure(name, benchmark, List.of(variant), Library.SALTO, Library.JDK, limit);
    }

    /**
     * A bound for a ratio of the two times.
     *
     * @param ratio which of the two is divided by the other
     * @param bound the least or most that the ratio may be; empty if the figure is for information only
     */
    record Limit(Ratio ratio, OptionalDouble bound) {
        static final Limit NONE = new Limit(Ratio.SALTO_TO_PEER, OptionalDouble.empty());

        /** The peer takes at least {@code least} times as long as Salto. */
        static Limit timesFaster(double least) {
            return new Limit(Ratio.PEER_TO_SALTO, OptionalDouble.of(least));
        }

        /** Salto takes at most {@code most} times as long as the peer. */
        static Limit timesAsLong(double most) {
            return new Limit(Ratio.SALTO_TO_PEER, OptionalDouble.of(most));
        }

        private double value(double salto, double peer) {
            return switch (ratio) {
                case PEER_TO_SALTO -> peer / salto;
                case SALTO_TO_PEER -> salto / peer;
            };
        }

        private String name(String peer) {
            return switch (ratio) {
                case PEER_TO_SALTO -> peer + "/Salto";
                case SALTO_TO_PEER -> "Salto/" + peer;
            };
        }

        private String verdict(double value) {
            if (bound.isEmpty()) {
                return "-";
            }
            boolean met = switch (ratio) {
                case PEER_TO_SALTO -> value >= bound.getAsDouble();
                case SALTO_TO_PEER -> value <= bound.getAsDouble();
            };
            return met ? "met" : "NOT met";
        }

        @Override
        public String toString() {
            if (bound.isEmpty()) {
                return "-";
            }
            return switch (ratio) {
                case PEER_TO_SALTO -> "at least ";
                case SALTO_TO_PEER -> "at most ";
            } + number(bound.getAsDouble());
        }
    }

    /** Which time is divided by which. */
    enum Ratio {
        PEER_TO_SALTO, SALTO_TO_PEER
    }

    /**
     * The table of all figures of which both sides were measured.
     *
     * @return its lines, a header first; none if there is no such figure
     */
    static List<String> table(Collection<RunResult> results) {
        List<String> lines = new ArrayList<>();
        for (Figure figure : ALL) {
            figure.line(results).ifPresent(lines::add);
        }
        if (!lines.isEmpty()) {
            lines.addFirst(row(UNIT, "Salto", "peer", "", "ratio", "", "limit", ""));
        }
        return lines;
    }

    private Optional<String> line(Collection<RunResult> results) {
        OptionalDouble ownTime = median(results, salto);
        OptionalDouble peerTime = median(results, peer);
        if (ownTime.isEmpty() || peerTime.isEmpty()) {
            return Optional.empty();
        }
        String peerName = peer == Library.JDK ? "JDK" : peer.name().toLowerCase(Locale.ROOT);
        double ratio = limit.value(ownTime.getAsDouble(), peerTime.getAsDouble());
        return Optional.of(row(name, number(ownTime.getAsDouble()), peerName, number(peerTime.getAsDouble()),
                limit.name(peerName), String.format(Locale.ROOT, "%.3f", ratio), limit.toString(),
                limit.verdict(ratio)));
    }

    /** Empty if the benchmark was not run, or run so that it did not give an average time in the table's unit. */
    private OptionalDouble median(Collection<RunResult> results, Enum<?> parameter) {
        return results.stream()
                .filter(result -> measures(result.getParams(), parameter))
                .filter(result -> result.getPrimaryResult().getScoreUnit().equals(UNIT))
                .mapToDouble(result -> result.getPrimaryResult().getStatistics().getPercentile(50))
                .findFirst();
    }

    private boolean measures(BenchmarkParams params, Enum<?> side) {
        List<String> values = params.getParamsKeys().stream().map(params::getParam).toList();
        return params.getBenchmark().startsWith(benchmark.getName() + ".")
                && values.contains(side.name())
                && variant.stream().allMatch(value -> values.contains(value.name()));
    }

    private static String row(String name, String own, String peer, String peerTime, String ratioName, String ratio,
            String limit, String verdict) {
        return "%-26s%10s   %-7s%10s   %-13s%8s   %-15s   %s"
                .formatted(name, own, peer, peerTime, ratioName, ratio, limit, verdict).stripTrailing();
    }

    /** The same in every locale. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }
}
