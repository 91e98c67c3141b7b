// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.ClosureType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks, and prints the figures beside their limits.
 *
 * <p>The options are JMH's ({@code --help} lists them); without any, all benchmarks run. {@code dev.salto} has to be a named module, as it
 * is for users. JMH starts the forks with the class path, module path and options of this process, unless told otherwise by
 * {@code -jvmArgs}; {@code -jvmArgsAppend} adds to them.
 *
 * <p>The exit code is 0 when the benchmarks ran, whether or not the figures keep their limits.
 */
public final class Benchmarks {
    private static final int DEFAULT_FORKS = 4;

    private Benchmarks() {}

    /** Runs the benchmarks. */
    public static void main(String[] arguments) throws IOException {
        try {
            run(new CommandLineOptions(withKnownHelp(arguments)));
        } catch (NoBenchmarksException e) {
            System.err.println("no benchmark matches; -l lists them");
            System.exit(1);
        } catch (CommandLineOptionException | RunnerException | IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** JMH knows {@code -h} only. */
    private static String[] withKnownHelp(String[] arguments) {
        return Arrays.stream(arguments).map(argument -> argument.equals("--help") ? "-h" : argument)
                .toArray(String[]::new);
    }

    private static void run(CommandLineOptions commandLine) throws IOException, RunnerException {
        if (commandLine.shouldHelp()) {
            commandLine.showHelp();
            return;
        }
        Runner runner = new Runner(commandLine);
        if (commandLine.shouldList()) {
            runner.list();
        } else if (commandLine.shouldListWithParams()) {
            runner.listWithParams(commandLine);
        } else if (commandLine.shouldListProfilers()) {
            commandLine.listProfilers();
        } else if (commandLine.shouldListResultFormats()) {
            commandLine.listResultFormats();
        } else {
            requireNamedModule();
            Collection<RunResult> results = runInRounds(commandLine);
            writeFile(commandLine, results);
            print(results);
        }
    }

    /**
     * One round after the other, each with one fork of every benchmark. JMH by itself runs all forks of a benchmark before those of the
     * next; then what else the machine does for half a minute falls on one side of a comparison only.
     */
    private static Collection<RunResult> runInRounds(CommandLineOptions commandLine) throws RunnerException {
        int forks = commandLine.getForkCount().orElse(DEFAULT_FORKS);
        Options round = withDefaults(commandLine, Math.min(forks, 1));
        Map<String, BenchmarkParams> params = new LinkedHashMap<>();
        Map<String, List<BenchmarkResult>> forkResults = new LinkedHashMap<>();
        for (int i = 0; i < Math.max(forks, 1); i++) {
            System.out.printf("%n# Round %d of %d%n", i + 1, Math.max(forks, 1));
            for (RunResult result : new Runner(round).run()) {
                String id = result.getParams().id();
                params.put(id, result.getParams());
                forkResults.computeIfAbsent(id, key -> new ArrayList<>()).addAll(result.getBenchmarkResults());
            }
        }
        List<RunResult> results = new ArrayList<>();
        params.forEach((id, benchmark) -> results.add(new RunResult(benchmark, forkResults.get(id))));
        return results;
    }

    /** Many short iterations rather than few long ones, because the table takes their median. */
    private static Options withDefaults(CommandLineOptions commandLine, int forks) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .parent(commandLine)
                .forks(forks)
                .warmupIterations(commandLine.getWarmupIterations().orElse(4))
                .warmupTime(commandLine.getWarmupTime().orElse(TimeValue.milliseconds(500)))
                .measurementIterations(commandLine.getMeasurementIterations().orElse(8))
                .measurementTime(commandLine.getMeasurementTime().orElse(TimeValue.milliseconds(500)))
                .timeUnit(commandLine.getTimeUnit().orElse(TimeUnit.NANOSECONDS))
                .shouldFailOnError(commandLine.shouldFailOnError().orElse(true));
        if (commandLine.getBenchModes().isEmpty()) {
            options.mode(Mode.AverageTime);
        }
        return options.build();
    }

    /** JMH has written the file after each round, with that round's results; if there is to be one. */
    private static void writeFile(CommandLineOptions commandLine, Collection<RunResult> results) {
        if (commandLine.getResult().hasValue() || commandLine.getResultFormat().hasValue()) {
            ResultFormatType format = commandLine.getResultFormat().orElse(Defaults.RESULT_FORMAT);
            String file = commandLine.getResult()
                    .orElse(Defaults.RESULT_FILE_PREFIX + "." + format.toString().toLowerCase(Locale.ROOT));
            ResultFormatFactory.getInstance(format, file).writeOut(results);
        }
    }

    private static void requireNamedModule() {
        if (!ClosureType.class.getModule().isNamed()) {
            throw new IllegalStateException("dev.salto is on the class path; put it on the module path instead, with"
                    + " --add-modules dev.salto,dev.salto.text");
        }
    }

    private static void print(Collection<RunResult> results) {
        List<String> table = Figure.table(results);
        if (!table.isEmpty()) {
            System.out.println();
            table.forEach(System.out::println);
        }
    }
}
