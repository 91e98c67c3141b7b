// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Salto;
import dev.salto.Statistics;
import dev.salto.text.callers.ProcessMaps;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One run. For one thread. Nothing else in the process may use Salto meanwhile, because the run
 * compares all of Salto's counts.
 */
public final class Soak {
    /** From here on, nothing may grow, if each kind of work was done by then. */
    private static final double WARM = 0.25;
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final Goal goal;
    private final long seed;
    private final Consumer<Sample> observer;
    private final Ledger ledger = new Ledger();
    private final Growth growth = new Growth();
    private long start;

    /**
     * A run.
     *
     * @param seed the seed of random numbers
     * @param observer gets the state, several times a second
     */
    public Soak(Goal goal, long seed, Consumer<Sample> observer) {
        this.goal = goal;
        this.seed = seed;
        this.observer = observer;
    }

    /**
     * Runs until the goal is reached and each kind of work was done at least once, or something is
     * wrong.
     */
    public Outcome run() throws InterruptedException {
        Salto.initialize();
        Statistics before = Salto.statistics();
        Set<Long> mappingsBefore = ProcessMaps.read().writableAndExecutable().stream().map(ProcessMaps.Mapping::start)
                .collect(Collectors.toSet());
        try (StaleCalls stale = new StaleCalls()) {
            start = System.nanoTime();
            Crew crew = new Crew(seed, ledger, stale, growth);
            Sample warm;
            Outcome.Highest highest;
            crew.start();
            try {
                watchUntil(WARM);
                growth.end();
                warm = collectAndTake();
                highest = watchUntil(1);
            } finally {
                crew.stop();
            }
            Sample end = collectAndTake();
            // The code cache grows at the ends of its mappings, so only a new beginning is a new
            // mapping.
            List<String> made = ProcessMaps.read().writableAndExecutable().stream()
                    .filter(mapping -> !mappingsBefore.contains(mapping.start()))
                    .map(ProcessMaps.Mapping::toString).toList();
            return new Outcome(before, Salto.statistics(), warm, end,
                    new Outcome.Highest(Math.max(highest.residentBytes(), end.residentBytes()),
                            Math.max(highest.tables(), end.tables())),
                    stale.count(), made, ledger.wrongCount(), ledger.descriptions());
        }
    }

    private Outcome.Highest watchUntil(double fraction) throws InterruptedException {
        long residentBytes = 0;
        long tables = 0;
        while (true) {
            Sample sample = take();
            observer.accept(sample);
            residentBytes = Math.max(residentBytes, sample.residentBytes());
            tables = Math.max(tables, sample.tables());
            boolean isDone = sample.fraction() >= fraction && sample.hasAll();
            if (isDone || ledger.wrongCount() > 0) {
                return new Outcome.Highest(residentBytes, tables);
            }
            Thread.sleep(INTERVAL);
        }
    }

    private Sample collectAndTake() {
        System.gc();
        return take();
    }

    private Sample take() {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return Sample.take(elapsed, goal.fraction(elapsed, ledger.count(Work.CYCLE)), ledger);
    }
}
