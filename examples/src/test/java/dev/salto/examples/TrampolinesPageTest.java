// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about trampolines shows code that is compiled. */
final class TrampolinesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "trampolines.md");
    private static final Path SOURCES = Path.of("trampolines", "src", "main");
    private static final Path JAVADOC = Path.of("..", "salto-core", "src", "main", "java", "dev", "salto",
            "Trampoline.java");
    private static final Pattern BLOCK = Pattern.compile("^```(?:java|c)\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void eachLineOfItsCodeIsOneOfAnExampleOrOfTheJavadoc() throws Exception {
        Set<String> known = new HashSet<>(lines(Files.readString(JAVADOC).replaceAll("(?m)^ \\* ", "")));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                known.addAll(lines(Files.readString(file)));
            }
        }
        List<String> shown = lines(
                BLOCK.matcher(Files.readString(PAGE)).results().map(TrampolinesPageTest::code)
                        .collect(Collectors.joining()));

        assertThat(shown).isNotEmpty().isSubsetOf(known);
    }

    private static String code(MatchResult block) {
        return block.group(1);
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
