// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code in the Javadoc of the public API compiles as it is printed, in {@link SnippetScope}. */
@Tag("host")
final class SnippetsTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/salto");
    private static final Pattern SNIPPET = Pattern.compile("\\{@snippet :\\n");
    private static final Pattern MARGIN = Pattern.compile("(?m)^ *\\* ?");
    private static final Pattern CONSTANT = Pattern.compile("(?ms)^static final .*?;\\n");

    private static final String IMPORTS = """
            package dev.salto;
            import static java.lang.foreign.ValueLayout.*;
            import java.io.*;
            import java.lang.foreign.*;
            import java.util.*;
            import java.util.function.IntBinaryOperator;
            """;

    static Stream<Named<String>> snippets() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream()
                    .flatMap(SnippetsTest::snippetsOf);
        }
    }

    private static Stream<Named<String>> snippetsOf(Path file) {
        try {
            String text = Files.readString(file);
            return SNIPPET.matcher(text).results().map(start -> textUntilBrace(text, start.end()))
                    .map(snippet -> MARGIN.matcher(snippet).replaceAll(""))
                    .map(code -> Named.of(file.getFileName() + ": " + code.lines().findFirst().orElse(""), code));
        } catch (IOException e) {
            throw new AssertionError("the sources can be read", e);
        }
    }

    /** The text from a place to the brace that closes the one before that place. */
    private static String textUntilBrace(String text, int start) {
        int open = 1;
        int end = start;
        while (open > 0) {
            char c = text.charAt(end);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            end++;
        }
        return text.substring(start, end - 1);
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void codeInTheJavadocCompiles(String code, @TempDir Path folder) throws IOException {
        String constants = String.join("\n", CONSTANT.matcher(code).results().map(MatchResult::group).toList());
        String statements = CONSTANT.matcher(code).replaceAll("");
        String source = IMPORTS + "class Snippet extends SnippetScope {\n" + constants
                + "void run() throws Throwable {\n" + statements + "}\n}\n";
        Path file = Files.writeString(folder.resolve("Snippet.java"), source);
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output);

        int exitCode = ToolProvider.findFirst("javac").orElseThrow().run(printer, printer, "-proc:none",
                "-implicit:none",
                "-d", folder.toString(), "-cp", "target/classes:target/test-classes", file.toString());

        assertThat(exitCode).as("%s%n%s", source, output).isZero();
    }
}
