// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page about messages, beside the source code that has them. */
final class MessagesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String PAGE = "docs/troubleshooting.md";

    private static Messages messages = Messages.of(List.of());
    private static List<String> listed = List.of();

    @BeforeAll
    static void read() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("salto-core/src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                sources.add(Files.readString(file));
            }
        }
        messages = Messages.of(sources);
        listed = MarkdownProse.codeBlocks(Files.readString(ROOT.resolve(PAGE)), "text").stream()
                .flatMap(String::lines).filter(line -> !line.isBlank()).toList();
    }

    @Test
    void thePageHasEachMessageOfTheLibraryOnce() {
        assertThat(messages.thrown().stream().filter(message -> !listed.contains(message)))
                .as("messages that %s lacks: give each its cause and its remedy there", PAGE).isEmpty();
        assertThat(listed).doesNotHaveDuplicates();
    }

    @Test
    void thePageHasNoMessageThatTheLibraryDoesNotHave() {
        assertThat(listed).isNotEmpty();
        assertThat(listed.stream()
                .filter(line -> !messages.texts().contains(line) && !messages.thrown().contains(line)))
                .as("lines of %s that are no message", PAGE).isEmpty();
    }

    @Test
    void aMessageHasASignForEachValueAndTheTextOfConstants() {
        Messages read = Messages.of(List.of("""
                class A {
                    static final String NAME = "dev.salto.a";

                    void a(int x) {
                        throw new IllegalStateException("the value of -D%s is %d".formatted(NAME, x)
                                + (x > 0 ? "; use less" : "; use more") + x);
                    }

                    void b() {
                        throw new AssertionError("left out, a fault");
                    }

                    String c() {
                        return "a part of a message";
                    }
                }
                """));

        assertThat(read.thrown()).containsExactly("the value of -Ddev.salto.a is \u2026; use less\u2026",
                "the value of -Ddev.salto.a is \u2026; use more\u2026");
        assertThat(read.texts()).contains("a part of a message");
    }
}
