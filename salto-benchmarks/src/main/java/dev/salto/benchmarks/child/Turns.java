// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Calls by turns. In each round native loops call everything that is compared, each for a fraction
 * of a millisecond, in an order of chance. The value of a round is the ratio of both times, so the
 * figure is a median of ratios, not a ratio of medians. A machine that becomes slower disturbs both
 * sides.
 */
final class Turns {
    /**
     * The number of calls in a turn. It is so large that the downcall does not count, and so small
     * that the machine hardly changes between turns.
     */
    static final int CALLS = 10_000;

    private static final int ROUNDS = 100;

    /** By then Salto has found the hot classes, too. */
    private static final Duration LEAST_WARM_UP = Duration.ofSeconds(2);

    /** How long the JIT compilers must have had nothing to do. */
    private static final Duration QUIET = Duration.ofMillis(200);

    private static final Duration MOST_WARM_UP = Duration.ofSeconds(10);

    private final Random chance = new Random();
    private final Side ours = new Side();
    private final Map<Figure, Side> others = new LinkedHashMap<>();
    private final List<Turn> turns = new ArrayList<>();

    /** How long one side's calls took in this round. */
    private static final class Side {
        private long nanoseconds;
    }

    /** Calls of one side. */
    private record Turn(Side side, Runnable calls) {
        void take() {
            long start = System.nanoTime();
            calls.run();
            side.nanoseconds += System.nanoTime() - start;
        }
    }

    /**
     * Calls nothing yet.
     *
     * @param own calls ours; each is a turn
     * @param others call the others, as many times, by the figure
     */
    Turns(List<Runnable> own, Map<Figure, List<Runnable>> others) {
        own.forEach(calls -> turns.add(new Turn(ours, calls)));
        others.forEach((figure, all) -> {
            Side other = new Side();
            this.others.put(figure, other);
            all.forEach(calls -> turns.add(new Turn(other, calls)));
        });
    }

    /** Warms up, measures, and sends a sample of each figure for each round. */
    void measure() {
        warmUp();
        List<Message> samples = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            round();
            others.forEach((figure, other) -> samples
                    .add(new Message.Sample(figure.key(), (double) ours.nanoseconds / other.nanoseconds)));
        }
        samples.forEach(Message::send);
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

    private void round() {
        ours.nanoseconds = 0;
        others.values().forEach(other -> other.nanoseconds = 0);
        Collections.shuffle(turns, chance);
        turns.forEach(Turn::take);
    }
}
