// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Closure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of examples, and what each needs. */
final class ExampleCommandTest {
    private static final Path SOURCES = Path.of("src", "main", "java");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theListHasEachExampleOnALineWithWhatItShows() {
        for (Example example : Example.values()) {
            assertThat(ExampleCommand.usage().lines())
                    .anyMatch(line -> line.matches(" *%s  +%s".formatted(example.commandName(),
                            Pattern.quote(example.summary()))));
        }
    }

    @Test
    void thePageOfExamplesNamesEachExample() throws Exception {
        String page = Files.readString(Path.of("README.md"));

        assertThat(Arrays.stream(Example.values()).map(Example::commandName))
                .allSatisfy(name -> assertThat(page).contains("| `" + name + "` | "));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleCompilesAloneWithSaltoOnTheClassPath(Path file) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-d", folder.toString(), "-classpath", salto().toString(), file.toString()));
        if (file.toString().contains("trampolines")) {
            arguments.add(file.resolveSibling("Targets.java").toString());
        }
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output);
        int code = ToolProvider.findFirst("javac").orElseThrow().run(printer, printer,
                arguments.toArray(String[]::new));

        assertThat(output.toString()).isEmpty();
        assertThat(code).isZero();
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.getFileName().toString().matches(".+Example\\.java")).toList();
        }
    }

    private static Path salto() throws URISyntaxException {
        return Path.of(Closure.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @ParameterizedTest
    @EnumSource
    void anExampleRunsFromBeginningToEnd(Example example) throws Exception {
        Requirement.of(example);
        example.run(new String[0]);
    }
}
