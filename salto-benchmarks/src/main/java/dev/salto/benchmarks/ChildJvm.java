// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs a program in a JVM of its own, with the class path, the module path and the options of this
 * one. Its failures do not affect this JVM.
 */
final class ChildJvm {
    private static final int SIGNALS = 128;
    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private ChildJvm() {}

    /**
     * How a program ended.
     *
     * @param code its exit code
     * @param wasStopped whether it took too long
     * @param lastWords what its standard error says about it; empty if nothing
     */
    record End(int code, boolean wasStopped, String lastWords) {
        boolean isGood() {
            return code == 0 && !wasStopped;
        }

        /** For people, if it is not good. */
        String describe() {
            if (wasStopped) {
                return "it was stopped, because it took too long";
            }
            String how = switch (code - SIGNALS) {
                case SIGABRT -> "the JVM aborted";
                case SIGKILL -> "the process was killed";
                case SIGSEGV -> "the JVM crashed";
                default -> String.format(Locale.ROOT, "it ended with %d", code);
            };
            return lastWords.isEmpty() ? how : how + ": " + lastWords;
        }
    }

    /**
     * Runs a program.
     *
     * @param options the JVM's options besides those of this JVM
     * @param output gets each line of its standard output, as it comes
     */
    static End run(Class<?> program, List<String> options, List<String> arguments, Duration longest,
            Consumer<String> output) throws IOException, InterruptedException {
        return run(program.getName(), options, arguments, longest, output);
    }

    /**
     * Runs a program, for the other parameters see above.
     *
     * @param program the name of a class, or the path of a source file
     */
    static End run(String program, List<String> options, List<String> arguments, Duration longest,
            Consumer<String> output) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("salto-bench-");
        try {
            Path errors = folder.resolve("errors");
            Process process = new ProcessBuilder(command(program, options, arguments))
                    // The folder for the crash report of the JVM.
                    .directory(folder.toFile())
                    .redirectError(errors.toFile())
                    .start();
            RUNNING.add(process);
            long start = System.nanoTime();
            Thread.ofVirtual().start(() -> stopWhenLate(process, longest));
            try (BufferedReader lines = process.inputReader()) {
                lines.lines().forEach(output);
                int code = process.waitFor();
                boolean wasLate = System.nanoTime() - start >= longest.toNanos();
                return new End(code, wasLate && code == SIGNALS + SIGKILL, lastWords(errors));
            } finally {
                process.destroyForcibly();
                RUNNING.remove(process);
            }
        } finally {
            delete(folder);
        }
    }

    private static void stopWhenLate(Process process, Duration longest) {
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(String program, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-XX:-CreateCoredumpOnCrash");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
        command.addAll(arguments);
        return command;
    }

    /** The exception in the output, otherwise the last line. */
    private static String lastWords(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, Charset.defaultCharset()).stream()
                .filter(line -> !line.isBlank()).map(String::strip).toList();
        return lines.stream().filter(line -> line.contains("Exception") || line.contains("Error")).findFirst()
                .orElse(lines.isEmpty() ? "" : lines.getLast());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
