// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process that a test starts. Starts all processes of tests, so that none is left over. Closing
 * ends the process and those that it has started, and so does the end of this JVM. If this JVM is
 * killed, the process ends when its time is up.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ChildProcess::close)));
    }

    private final List<String> command;
    private final Instant start = Instant.now();
    private final Process process;

    private ChildProcess(List<String> command, Map<String, @Nullable String> environment) throws IOException {
        this.command = command;
        List<String> bounded = new ArrayList<>(
                List.of("timeout", "--kill-after=5", Long.toString(LONGEST.toSeconds())));
        bounded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(bounded).redirectErrorStream(true);
        environment.forEach((name, value) -> {
            if (value == null) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        process = builder.start();
        RUNNING.add(this);
    }

    /** Starts a command, whose errors are part of its output. */
    static ChildProcess start(List<String> command) throws IOException {
        return new ChildProcess(command, Map.of());
    }

    /** Runs a command to its end. */
    public static ChildJvm run(String... command) throws IOException, InterruptedException {
        return run(List.of(command), Map.of());
    }

    /**
     * Runs a command to its end.
     *
     * @param environment variables to set or, with null, to remove
     */
    public static ChildJvm run(List<String> command, Map<String, @Nullable String> environment)
            throws IOException, InterruptedException {
        try (var child = new ChildProcess(command, environment); BufferedReader output = child.output()) {
            List<String> lines = output.lines().toList();
            int code = child.process.waitFor();
            if (Duration.between(child.start, Instant.now()).compareTo(LONGEST) >= 0) {
                throw new AssertionError(
                        "%s was ended after %d seconds, which is the limit for a test's process; it printed %s"
                                .formatted(String.join(" ", child.command), LONGEST.toSeconds(), lines));
            }
            return new ChildJvm(code, lines);
        }
    }

    BufferedReader output() {
        return process.inputReader();
    }

    @Override
    public void close() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList()
                .forEach(ProcessHandle::destroyForcibly);
        RUNNING.remove(this);
    }
}
