// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages and comments, as {@link ProseTest} reads them. */
final class ProseReaderTest {
    private static List<String> sentences(Document document) {
        return document.blocks().stream().flatMap(block -> block.sentences().stream())
                .map(sentence -> sentence.line() + ": " + sentence.text()).toList();
    }

    private static Document page(String text) {
        return MarkdownProse.read("page.md", text.lines().toList());
    }

    private static Document java(String source) {
        return SourceProse.readJava("A.java", source);
    }

    @Test
    void aSentenceMayHaveMoreThanOneLineAndACodeSpanIsOneWord() {
        Document page = page("""
                One, e.g. this,
                is a sentence. `mvn verify` is
                another one!
                """);

        assertThat(sentences(page)).containsExactly("1: One, e.g. this, is a sentence.",
                "2: mvn_verify is another one!");
    }

    @Test
    void itemsAndCellsAreRead() {
        Document page = page("""
                * An item.
                * Another one.

                | a | b |
                | --- | --- |
                | left | right |
                """);

        assertThat(sentences(page)).containsExactly("1: An item.", "2: Another one.", "4: a", "4: b", "6: left",
                "6: right");
        assertThat(page.cells()).hasSize(4);
    }

    @Test
    void codeAndHeadingsOfAPageAreNotSentences() {
        Document page = page("""
                # What this is

                ```java
                // What is this?
                ```

                    indented
                """);

        assertThat(sentences(page)).isEmpty();
    }

    @Test
    void linesWithLinksAreNotWrappedButTheirPagesMustExist() {
        Document page = page("See [a page](docs/page.md#part).\n");

        assertThat(page.lines()).isEmpty();
        assertThat(page.pages()).containsExactly(new Document.Reference("page.md", 1, "docs/page.md#part"));
    }

    @Test
    void headingsHaveNamesForLinksAndPicturesAreReferredTo() {
        Document page = page("""
                # `Threads`, and "who" may call

                <picture>
                  <source media="(prefers-color-scheme: dark)" srcset="dark.svg">
                  <img alt="A call" src="light.svg">
                </picture>

                ![Times](times.svg)
                """);

        assertThat(page.anchors()).containsExactly("threads-and-who-may-call");
        assertThat(page.pages()).extracting(Document.Reference::path).containsExactly("dark.svg", "light.svg",
                "times.svg");
    }

    @Test
    void tagsOfJavadocBeginSentences() {
        Document document = java("""
                /**
                 * Finds {@code a b} in {@link String a text}.
                 *
                 * <p>More, see docs/page.md.
                 *
                 * {@snippet :
                 * What is code;
                 * }
                 * @param x a
                 *     number
                 * @return the result
                 */
                class A {}
                """);

        assertThat(sentences(document)).containsExactly("2: Finds a_b in a text.", "4: More, see docs/page.md.",
                "9: a number", "11: the result");
        assertThat(document.pages()).containsExactly(new Document.Reference("A.java", 4, "docs/page.md"));
    }

    @Test
    void theFirstSentenceOfAJavadocMayBeItsResult() {
        Document document = java("""
                /** {@return the {@code int} of {@link String a text}} It is small. */
                class A {}
                """);

        assertThat(sentences(document)).containsExactly("1: the int of a text.", "1: It is small.");
    }

    @Test
    void lineCommentsThatFollowEachOtherAreOneCommentAndStringsAreNone() {
        Document document = java("""
                class A {
                    // One
                    // sentence.
                    String text = "// What a string is";
                    int x; // a note
                }
                """);

        assertThat(sentences(document)).containsExactly("2: One sentence.", "5: a note");
    }

    @Test
    void tablesInCommentsOfAssemblyAreNotSentences() {
        Document document = SourceProse.readC("a.S", """
                /* A sentence. */
                /*
                 *   register   what it is here
                 *   r1         the first
                 */
                        mov r1, r2      /* a note */
                """);

        assertThat(sentences(document)).containsExactly("1: A sentence.", "6: a note");
    }

    @Test
    void commentsOfShellAndXmlAreRead() {
        assertThat(sentences(SourceProse.readShell("a.sh", "#!/bin/sh\n# One\n# sentence.\necho # no\n")))
                .containsExactly("2: One sentence.");
        assertThat(sentences(SourceProse.readXml("a.xml", "<a>\n  <!-- One\n  sentence. -->\n</a>\n")))
                .containsExactly("2: One sentence.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"What is kept.", "Whoever calls it.", "So it is here.", "That all of it is new."})
    void someBeginningsAreForbidden(String sentence) {
        assertThat(new Sentence("a.md", 1, sentence).hasForbiddenOpening()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"What is this?", "Whatever it is.", "So it isn't.", "That works."})
    void questionsAndOtherBeginningsAreNot(String sentence) {
        assertThat(new Sentence("a.md", 1, sentence).hasForbiddenOpening()).isFalse();
    }

    @Test
    void signsAreNotWords() {
        assertThat(new Sentence("a.md", 1, "1 + 2 - two words").words()).isEqualTo(4);
    }
}
