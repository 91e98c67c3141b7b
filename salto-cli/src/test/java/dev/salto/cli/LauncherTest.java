// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The salto script, as far as it can be tested without building the project from inside its own build. */
final class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "salto").toAbsolutePath().normalize();

    private record Result(int code, String output) {}

    private static Result run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    @Test
    void withoutACommandItSaysWhichThereAre() throws Exception {
        Result result = run();

        assertThat(result.code()).isZero();
        assertThat(result.output()).contains("Usage: ./salto COMMAND", "demo", "bench");
    }

    @Test
    void anUnknownCommandIsAMistake() throws Exception {
        Result result = run("dmeo");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).contains("no command 'dmeo'", "Usage: ./salto COMMAND");
    }
}
