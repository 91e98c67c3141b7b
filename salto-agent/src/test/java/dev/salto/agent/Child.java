// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Runs JVMs and tools of the JDK, with the JARs of the build. */
final class Child {
    private static final int LONGEST_SECONDS = 120;

    /** The result of a process: its exit code, and the lines of both its streams. */
    record Outcome(int code, List<String> lines) {}

    private Child() {}

    /** A fact of the build. */
    static String fact(String name) {
        Properties facts = new Properties();
        try (var file = Child.class.getResourceAsStream("build.properties")) {
            facts.load(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return facts.getProperty(name);
    }

    static String agent() {
        return fact("agent");
    }

    static String salto() {
        return fact("salto");
    }

    /** The folder of the client's classes. */
    static String classes() {
        return fact("classes");
    }

    /** The path of a program of the JDK that runs the tests. */
    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** Runs java with options and arguments. */
    static Outcome java(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), tool("java"), arguments);
    }

    /** Runs a program to its end. */
    static Outcome run(Map<String, String> environment, String program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("timeout", "--kill-after=5", Integer.toString(LONGEST_SECONDS), program));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var output = process.inputReader()) {
            List<String> lines = output.lines().toList();
            return new Outcome(process.waitFor(), lines);
        } finally {
            process.destroyForcibly();
        }
    }
}
