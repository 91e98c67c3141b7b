// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.Pauses;
import dev.salto.benchmarks.figures.Collector;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pauses of a garbage collector, young and full, as the JVM logs them.
 *
 * @param withClosures whether ten million closures of Salto are live, or none, for comparison
 */
record PauseStep(Collector collector, boolean withClosures) implements Step {
    /** The key of a JVM without closures. */
    static final String NONE = "no-callbacks";

    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final String HEAP = "3g";

    /**
     * {@code [1.234s][info][gc] GC(5) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M)
     * 1.234ms}.
     */
    private static final Pattern PAUSE = Pattern.compile("GC\\(\\d+\\) .*\\bPause (.*) (\\d+\\.\\d+)ms");

    @Override
    public String peer() {
        return withClosures ? Peer.SALTO.key() : NONE;
    }

    @Override
    public String title() {
        return Figure.pause(collector).title();
    }

    @Override
    public List<Figure> figures() {
        return List.of(Figure.pause(collector), Figure.fullPause(collector));
    }

    @Override
    public void run(Results results) throws IOException, InterruptedException {
        List<String> options = List.of(collector.jvmOption(), "-Xms" + HEAP, "-Xmx" + HEAP, "-XX:+AlwaysPreTouch",
                "-Xlog:gc,gc+phases:stdout");
        var receiver = new Receiver(results);
        ChildJvm.End end = ChildJvm.run(Pauses.class, options,
                List.of(Integer.toString(withClosures ? Size.M10.count() : 0)), LONGEST, receiver::receive);
        unmeasured(results, end.isGood() ? "the collector makes none" : end.describe());
    }

    /**
     * A pause.
     *
     * @param isFull whether all garbage was collected in it
     */
    record Pause(boolean isFull, double milliseconds) {
        /** The pause in a line of the log, if it has one. */
        static Optional<Pause> parse(String line) {
            Matcher matcher = PAUSE.matcher(line);
            return matcher.find()
                    ? Optional.of(new Pause(matcher.group(1).startsWith("Full"),
                            Double.parseDouble(matcher.group(2))))
                    : Optional.empty();
        }
    }

    private final class Receiver {
        private final Results results;
        private boolean isReady;

        Receiver(Results results) {
            this.results = results;
        }

        void receive(String line) {
            if (line.equals(Pauses.READY)) {
                isReady = true;
            } else if (isReady) {
                Pause.parse(line).ifPresent(pause -> results.add(
                        pause.isFull ? Figure.fullPause(collector) : Figure.pause(collector), peer(),
                        pause.milliseconds));
            }
        }
    }
}
