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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The code in the Javadoc of the public API, and that in the pages of {@code docs} that is no
 * program, compiles as it is printed. {@link SnippetScope} has the names of the reader's program.
 */
@Tag("host")
final class SnippetsTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/salto");
    private static final Path PAGES = Path.of("../docs");
    private static final Pattern SNIPPET = Pattern.compile("\\{@snippet :\\n");
    private static final Pattern MARGIN = Pattern.compile("(?m)^ *\\* ?");
    private static final Pattern CONSTANT = Pattern.compile("(?ms)^static final .*?;\\n");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern PROGRAM = Pattern.compile("(?m)^public (?:final )?class ");
    private static final Pattern MEMBER = Pattern.compile("(?m)^(?:public|private) static ");

    private static final String IMPORTS = """
            package dev.salto;
            import static java.lang.foreign.ValueLayout.*;
            import java.io.*;
            import java.lang.foreign.*;
            import java.util.*;
            import java.util.function.IntBinaryOperator;
            """;

    static Stream<Named<String>> snippets() throws IOException {
        return filesOf(SOURCES, ".java").flatMap(file -> named(file, SNIPPET.matcher(textOf(file)).results()
                .map(start -> textUntilBrace(textOf(file), start.end()))
                .map(snippet -> MARGIN.matcher(snippet).replaceAll(""))));
    }

    static Stream<Arguments> blocks() throws IOException {
        return filesOf(PAGES, ".md").flatMap(file -> named(file, BLOCK.matcher(textOf(file)).results()
                .map(block -> block.group(1)).filter(code -> !PROGRAM.matcher(code).find()))
                .map(block -> Arguments.of(block, scopeOf(file))));
    }

    private static String scopeOf(Path page) {
        return page.endsWith("trampolines.md") ? "SnippetScope.OfTrampolines" : "SnippetScope";
    }

    private static Stream<Path> filesOf(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        }
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("the files can be read", e);
        }
    }

    private static Stream<Named<String>> named(Path file, Stream<String> codes) {
        return codes.map(code -> Named.of(file.getFileName() + ": " + code.lines().findFirst().orElse(""), code));
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
        requireCompilable(code, "SnippetScope", folder);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void codeOfAPageThatIsNoProgramCompiles(String code, String scope, @TempDir Path folder) throws IOException {
        requireCompilable(code, scope, folder);
    }

    private static void requireCompilable(String code, String scope, Path folder) throws IOException {
        boolean hasMembers = MEMBER.matcher(code).find();
        String members = hasMembers
                ? code
                : String.join("\n", CONSTANT.matcher(code).results().map(MatchResult::group).toList());
        String statements = hasMembers ? "" : CONSTANT.matcher(code).replaceAll("");
        String source = IMPORTS + "class Snippet extends " + scope + " {\n" + members
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
