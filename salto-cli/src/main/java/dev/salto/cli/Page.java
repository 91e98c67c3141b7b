// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * Text for people: paragraphs, headings, and facts under them, in lines that fit. A word that is
 * longer than a line, such as a path, stays whole, so that it can be copied.
 */
final class Page {
    private static final int INDENT = 2;

    private final Ansi ansi;
    private final int width;
    private final int factColumn;
    private final List<String> lines = new ArrayList<>();

    /**
     * Begins a page.
     *
     * @param width the largest length of a line
     * @param longestName the longest name of a fact
     */
    Page(Ansi ansi, int width, String longestName) {
        this.ansi = ansi;
        this.width = width;
        this.factColumn = INDENT + longestName.length() + 2;
    }

    /**
     * Adds a paragraph.
     *
     * @param style the style of its beginning, in picocli's words, such as {@code "bold,red"}
     * @param beginning a few words, shorter than a line
     * @param rest what follows them
     */
    void paragraph(String style, String beginning, String rest) {
        List<String> wrapped = wrap(beginning + rest, width);
        lines.add(styled(style, beginning) + wrapped.getFirst().substring(beginning.length()));
        lines.addAll(wrapped.subList(1, wrapped.size()));
    }

    /** Adds a point of a list, as a user would write it. */
    void point(String text) {
        addIndented("- ", wrap(text, width - INDENT));
    }

    void heading(String text) {
        lines.add("");
        lines.add(styled("bold", text));
    }

    void fact(String name, String value) {
        addIndented(" ".repeat(INDENT) + name, wrap(value, width - factColumn), factColumn);
    }

    private void addIndented(String start, List<String> wrapped) {
        addIndented(start, wrapped, INDENT);
    }

    private void addIndented(String start, List<String> wrapped, int column) {
        lines.add(start + " ".repeat(column - start.length()) + wrapped.getFirst());
        wrapped.stream().skip(1).map(line -> " ".repeat(column) + line).forEach(lines::add);
    }

    private String styled(String style, String text) {
        return ansi.string("@|%s %s|@".formatted(style, text));
    }

    private static List<String> wrap(String text, int width) {
        List<String> wrapped = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                wrapped.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        wrapped.add(line.toString());
        return wrapped;
    }

    @Override
    public String toString() {
        return String.join(System.lineSeparator(), lines);
    }
}
