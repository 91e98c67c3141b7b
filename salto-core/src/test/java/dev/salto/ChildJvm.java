// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A JVM of its own for one test, which runs a program of the package {@code dev.salto.child} against a copy of the library.
 *
 * @param exitCode how it ended
 * @param output what it printed, errors included
 */
public record ChildJvm(int exitCode, List<String> output) {
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
        return await(start(library, program, options));
    }

    /** Starts a program in a run-time image that has the module {@code dev.salto}, and waits for its end. */
    static ChildJvm runIn(Path runtime, String program, String... options) throws IOException, InterruptedException {
        return await(start(runtime, List.of(), program, options));
    }

    /** Waits for the end of a process whose errors are part of its output. */
    public static ChildJvm await(Process process) throws IOException, InterruptedException {
        List<String> output;
        try (var reader = process.inputReader()) {
            output = reader.lines().toList();
        }
        return new ChildJvm(process.waitFor(), output);
    }

    /** Starts a program without waiting for its end; for the parameters see {@link #run}. */
    static Process start(Path library, String program, String... options) throws IOException {
        return start(Path.of(System.getProperty("java.home")), List.of("--module-path", library.toString()), program,
                options);
    }

    private static Process start(Path runtime, List<String> modulePath, String program, String... options)
            throws IOException {
        Path tests = codeSource(ChildJvm.class);
        Path callers = codeSource(dev.salto.text.callers.Callers.class);
        List<String> command = new ArrayList<>();
        command.add(runtime.resolve("bin", "java").toString());
        command.addAll(Arrays.asList(options));
        command.addAll(modulePath);
        command.addAll(List.of("--add-modules", "dev.salto", "--patch-module",
                "dev.salto=" + childrenOnly(tests), "--add-reads", "dev.salto=ALL-UNNAMED", "--class-path",
                callers.toString(), "--module", "dev.salto/dev.salto.child." + program));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The programs without the other test classes, which are no part of what is tested. */
    private static Path childrenOnly(Path tests) throws IOException {
        Path copy = Files.createTempDirectory("children-");
        Path source = tests.resolve("dev/salto/child");
        Path target = Files.createDirectories(copy.resolve("dev/salto/child"));
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    /** What the program printed for a key, the first time. */
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

    private static Path codeSource(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError("classes have a place", e);
        }
    }
}
