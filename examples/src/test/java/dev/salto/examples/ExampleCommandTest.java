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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of examples, and what each needs. */
final class ExampleCommandTest {
    /** A plugin or a property of a POM, and its version. */
    private static final Pattern VERSION = Pattern
            .compile("<artifactId>(maven-\\S+)</artifactId>\\s*<version>(\\S+)</|<(\\w+\\.version)>(\\S+)</");

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
        if (file.startsWith("trampolines")) {
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
        List<Path> examples = new ArrayList<>();
        for (String project : projects()) {
            try (Stream<Path> files = Files.walk(Path.of(project, "src", "main", "java"))) {
                files.filter(file -> file.getFileName().toString().matches(".+Example\\.java")).forEach(examples::add);
            }
        }
        return examples;
    }

    static Set<String> projects() {
        return Arrays.stream(Example.values()).map(Requirement::project).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("projects")
    void theProjectOfAnExampleIsCompiledAndTestedWithTheVersionsOfThisBuild(String project) throws Exception {
        String parent = Files.readString(Path.of("..", "pom.xml"));
        String module = Files.readString(Path.of("pom.xml"));
        String alone = Files.readString(Path.of(project, "pom.xml"));
        String version = find("<artifactId>salto-parent</artifactId>\\s*<version>(\\S+)</", parent);

        assertThat(module).contains("<source>%s/src/main/java</source>".formatted(project),
                "<source>%s/src/test/java</source>".formatted(project));
        assertThat(find("<artifactId>(\\S+)</", alone)).isEqualTo(project);
        assertThat(find("<salto.version>(\\S+)</", alone)).isEqualTo(version);
        assertThat(versions(parent)).containsAllEntriesOf(versions(alone.replaceFirst("<salto.version>.*", "")));
        assertThat(alone).doesNotContain("<parent>");
    }

    private static String find(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(result -> result.group(1)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + pattern));
    }

    private static Map<String, String> versions(String pom) {
        Map<String, String> versions = new HashMap<>();
        VERSION.matcher(pom).results().forEach(found -> {
            int name = found.group(1) == null ? 3 : 1;
            versions.put(found.group(name), found.group(name + 1));
        });
        return versions;
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
