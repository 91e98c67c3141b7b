// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of writing in CONTRIBUTING.md, for all pages and comments of the repository. */
final class ProseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern CODE_FIRST = Pattern.compile("# .*\\n\\n```[a-z]+\\n");
    private static final int MOST_WORDS = 25;
    private static final int MOST_COLUMNS = 100;
    private static final int MOST_LINES = 5;

    private static List<Document> documents = List.of();

    @BeforeAll
    static void readAll() throws IOException {
        documents = read(ROOT);
    }

    static List<Document> read(Path root) throws IOException {
        List<Document> read = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean isForeign = name.equals("target") || (name.startsWith(".") && !name.equals(".ci"));
                return isForeign ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                String name = path.getFileName().toString();
                String file = root.relativize(path).toString();
                if (name.endsWith(".md")) {
                    read.add(MarkdownProse.read(file, Files.readAllLines(path)));
                } else if (name.endsWith(".java")) {
                    read.add(SourceProse.readJava(file, Files.readString(path)));
                } else if (Stream.of(".S", ".h", ".c", ".cpp").anyMatch(name::endsWith)) {
                    read.add(SourceProse.readC(file, Files.readString(path)));
                } else if (name.endsWith(".sh") || file.equals("salto") || file.equals(".ci/run")) {
                    read.add(SourceProse.readShell(file, Files.readString(path)));
                } else if (name.equals("pom.xml")) {
                    read.add(SourceProse.readXml(file, Files.readString(path)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return read;
    }

    @Test
    void sentencesHaveAtMost25Words() {
        assertThat(sentences().filter(sentence -> sentence.words() > MOST_WORDS).map(sentence -> finding(sentence,
                "has " + sentence.words() + " words, more than " + MOST_WORDS))).isEmpty();
    }

    @Test
    void sentencesBeginWithTheThingThatTheyAreAbout() {
        assertThat(sentences().filter(Sentence::hasForbiddenOpening).map(sentence -> finding(sentence,
                "begins with What, Whoever, That ... is, or So it is; name the thing"))).isEmpty();
    }

    @Test
    void linesAreWrappedAt100Columns() {
        assertThat(documents.stream().flatMap(document -> document.lines().stream())
                .filter(line -> line.text().length() > MOST_COLUMNS)
                .map(line -> finding(line, "is longer than " + MOST_COLUMNS + " columns"))).isEmpty();
    }

    @Test
    void paragraphsHaveAtMostFiveLines() {
        assertThat(documents.stream().flatMap(document -> document.blocks().stream())
                .filter(block -> block.lines() > MOST_LINES)
                .map(block -> finding(block, "is a paragraph of " + block.lines() + " lines, more than " + MOST_LINES)))
                .isEmpty();
    }

    @Test
    void cellsOfTablesAreNotLongerThanALine() {
        assertThat(documents.stream().flatMap(document -> document.cells().stream())
                .filter(cell -> cell.text().length() > MOST_COLUMNS)
                .map(cell -> finding(cell, "is a cell longer than " + MOST_COLUMNS + " columns"))).isEmpty();
    }

    @Test
    void pagesThatAreReferredToExist() {
        assertThat(documents.stream().flatMap(document -> document.pages().stream())
                .filter(reference -> !exists(reference))
                .map(reference -> reference.file() + ":" + reference.line() + ": " + reference.path()
                        + " does not exist"))
                .isEmpty();
    }

    @Test
    void partsOfPagesThatAreReferredToExist() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Document document : documents) {
            for (Document.Reference reference : document.pages()) {
                int sign = reference.path().indexOf('#');
                Path page = target(reference);
                if (sign >= 0 && page.toString().endsWith(".md") && Files.exists(page) && !MarkdownProse
                        .read(reference.path(), Files.readAllLines(page)).anchors()
                        .contains(reference.path().substring(sign + 1))) {
                    missing.add(reference.file() + ":" + reference.line() + ": " + reference.path());
                }
            }
        }

        assertThat(missing).as("links to headings that are not there").isEmpty();
    }

    @Test
    void theIndexOfPagesHasEachPage() throws IOException {
        String index = Files.readString(ROOT.resolve("docs/README.md"));

        assertThat(pages()).isNotEmpty();
        assertThat(pages().stream().filter(page -> !index.contains("](" + page.getFileName() + ")")))
                .as("pages that docs/README.md lacks").isEmpty();
    }

    @Test
    void pagesBeginWithCode() throws IOException {
        List<Path> others = new ArrayList<>();
        for (Path page : pages()) {
            if (!CODE_FIRST.matcher(Files.readString(page)).lookingAt()) {
                others.add(page);
            }
        }

        assertThat(others).as("pages whose title no fenced block of code follows").isEmpty();
    }

    /** All pages but their index. */
    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md") && !file.endsWith("README.md")).sorted()
                    .toList();
        }
    }

    private static boolean exists(Document.Reference reference) {
        return Files.exists(target(reference));
    }

    private static Path target(Document.Reference reference) {
        boolean isPage = reference.file().endsWith(".md");
        Path file = ROOT.resolve(reference.file());
        String path = reference.path().replaceFirst("#.*", "");
        return isPage && path.isEmpty() ? file : (isPage ? file.resolveSibling(path) : ROOT.resolve(path));
    }

    private static Stream<Sentence> sentences() {
        return documents.stream().flatMap(document -> document.blocks().stream())
                .flatMap(block -> block.sentences().stream());
    }

    private static String finding(Sentence sentence, String rule) {
        return sentence.file() + ":" + sentence.line() + ": " + rule + ": \"" + sentence.text() + "\"";
    }

    private static String finding(Block block, String rule) {
        return block.file() + ":" + block.line() + ": " + rule + ": \""
                + block.text().strip().lines().findFirst().orElse("") + "\"";
    }
}
