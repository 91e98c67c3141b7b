// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.Message;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One fork of one of JMH's benchmarks. Each iteration's mean is a value.
 *
 * @param peer the peer's key
 * @param parameters the benchmark's, by name
 * @param jvmOptions what the fork gets besides this JVM's options
 */
record JmhStep(String peer, Figure figure, Class<?> benchmark, Map<String, String> parameters, List<String> jvmOptions,
        Effort effort) implements Step {

    /**
     * How long to measure.
     *
     * @param warmUps how many iterations do not count
     * @param iterations how many count
     * @param iteration how long each is
     */
    record Effort(int warmUps, int iterations, Duration iteration) {}

    @Override
    public String title() {
        return figure.title();
    }

    @Override
    public List<Figure> figures() {
        return List.of(figure);
    }

    @Override
    public void run(Results results) {
        TimeValue time = TimeValue.milliseconds(effort.iteration.toMillis());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .warmupIterations(effort.warmUps)
                .warmupTime(time)
                .measurementIterations(effort.iterations)
                .measurementTime(time)
                .jvmArgsAppend(jvmOptions.toArray(String[]::new))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        parameters.forEach(options::param);
        try {
            for (RunResult result : new Runner(options.build()).run()) {
                result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .forEach(iteration -> results.add(figure, peer, iteration.getPrimaryResult().getScore()));
            }
        } catch (RunnerException e) {
            unmeasured(results, "JMH failed: " + Message.describe(e));
        }
    }
}
