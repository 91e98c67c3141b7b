// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A JVM of its own for one test, which runs a program of the package {@code dev.salto.child}
 * against the library or a copy of it.
 *
 * @param exitCode how it ended
 * @param output what it printed, errors included
 */
public record ChildJvm(int exitCode, List<String> output) {
    /** Options with which a JVM writes no files of its own, however it ends. */
    public static final List<String> NO_FILES = List.of("-XX:-UsePerfData", "-XX:+ErrorFileToStdout",
            "-XX:-DumpReplayDataOnError", "-XX:-CreateCoredumpOnCrash");

    /** Without the C2 compiler, a JVM that soon ends takes a fifth less of the processors' time. */
    public static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    /** The folder with the library's classes, as the build left them. */
    static Path libraryClasses() {
        return codeSource(Trampoline.class);
    }

    /**
     * Starts a program and waits for its end.
     *
     * @param library a folder or JAR with the module {@code dev.salto}
     * @param program the simple name of a class in {@code dev.salto.child}
     * @param options options for the JVM
     */
    static ChildJvm run(Path library, String program, String... options) throws IOException, InterruptedException {
        return ChildProcess.run(command(library, program, options), Map.of());
    }

    /** The same for a program with arguments. */
    static ChildJvm runWith(Path library, String program, String[] arguments, String... options)
            throws IOException, InterruptedException {
        List<String> command = command(library, program, options);
        command.addAll(Arrays.asList(arguments));
        return ChildProcess.run(command, Map.of());
    }

    /**
     * Starts a program in a run-time image that has the module {@code dev.salto}, and waits for its
     * end.
     */
    static ChildJvm runIn(Path runtime, String program, String... options) throws IOException, InterruptedException {
        return ChildProcess.run(command(runtime, List.of(), program, options), Map.of());
    }

    /** Starts a program without waiting for its end; for the parameters see {@link #run}. */
    static ChildProcess start(Path library, String program, String... options) throws IOException {
        return ChildProcess.start(command(library, program, options));
    }

    /** The command line of {@link #run}. */
    static List<String> command(Path library, String program, String... options) {
        return command(Path.of(System.getProperty("java.home")), List.of("--module-path", library.toString()), program,
                options);
    }

    private static List<String> command(Path runtime, List<String> modulePath, String program, String... options) {
        Path callers = codeSource(dev.salto.text.callers.Callers.class);
        List<String> command = new ArrayList<>();
        command.add(runtime.resolve("bin", "java").toString());
        command.addAll(NO_FILES);
        command.addAll(Arrays.asList(options));
        command.addAll(modulePath);
        command.addAll(List.of("--add-modules", "dev.salto", "--patch-module",
                "dev.salto=" + codeSource(ChildJvm.class), "--add-reads", "dev.salto=ALL-UNNAMED", "--class-path",
                callers.toString(), "--module", "dev.salto/dev.salto.child." + program));
        return command;
    }

    /** The first output of the program for a key. */
    public String value(String key) {
        return values(key).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + " in the output: " + output));
    }

    /** All that the program printed for a key. */
    public List<String> values(String key) {
        return output.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    /** The folder or JAR that a class comes from. */
    static Path codeSource(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError("classes have a place", e);
        }
    }
}
