// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.FirstCallback;
import dev.salto.benchmarks.child.Message;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The time from the start of a JVM to its first callback.
 *
 * @param withCache whether the JVM has an AOT cache, which is made before, for each run
 */
record FirstCallbackStep(Peer library, boolean withCache) implements Step {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    @Override
    public String peer() {
        return library.key();
    }

    @Override
    public String title() {
        return withCache ? "first callback with an AOT cache" : "first callback";
    }

    @Override
    public List<Figure> figures() {
        return withCache
                ? List.of(Figure.FIRST_CALLBACK_AOT)
                : List.of(Figure.FIRST_CALLBACK, Figure.SECOND_SIGNATURE);
    }

    @Override
    public void run(Results results) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(library.jvmOptions());
        if (!withCache) {
            measure(options, results);
            return;
        }
        Path cache = Files.createTempFile("salto-bench-", ".aot");
        try {
            Files.delete(cache);
            List<String> training = new ArrayList<>(options);
            training.add("-XX:AOTCacheOutput=" + cache);
            ChildJvm.End end = ChildJvm.run(FirstCallback.class, training, List.of(library.name()), LONGEST,
                    line -> {});
            if (end.isGood() && Files.exists(cache)) {
                options.add("-XX:AOTCache=" + cache);
                measure(options, results);
            } else {
                unmeasured(results, "no AOT cache was made: " + end.describe());
            }
        } finally {
            Files.deleteIfExists(cache);
        }
    }

    private void measure(List<String> options, Results results) throws IOException, InterruptedException {
        long start = System.nanoTime();
        ChildJvm.End end = ChildJvm.run(FirstCallback.class, options, List.of(library.name()), LONGEST,
                line -> receive(line, System.nanoTime() - start, results));
        unmeasured(results, end.describe());
    }

    private void receive(String line, long nanoseconds, Results results) {
        if (line.equals(FirstCallback.ANSWERED)) {
            results.add(figures().getFirst(), peer(), (double) nanoseconds / TimeUnit.MILLISECONDS.toNanos(1));
        } else if (!withCache && Message.parse(line).orElse(null) instanceof Message.Sample sample) {
            results.add(Figure.SECOND_SIGNATURE, peer(), sample.value());
        }
    }
}
