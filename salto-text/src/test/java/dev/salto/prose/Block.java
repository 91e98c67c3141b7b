// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A paragraph, an item of a list, or a cell of a table.
 *
 * @param file from the root of the repository
 * @param line the number of its first line
 * @param text with the line breaks of the file, and without markup; a piece of code is one word
 */
record Block(String file, int line, String text) {
    /** The end of a sentence. The alternatives in front of it are abbreviations. */
    private static final Pattern SENTENCE_END = Pattern
            .compile("(?<!\\b(?:e\\.g|i\\.e|etc|vs|cf|resp|no|sect))[.!?][)\"'*\u201d]*(?=\\s)");

    /** The number of lines in the file. */
    int lines() {
        return (int) text.strip().lines().count();
    }

    List<Sentence> sentences() {
        List<Sentence> sentences = new ArrayList<>();
        Matcher end = SENTENCE_END.matcher(text);
        int start = 0;
        while (end.find()) {
            add(sentences, start, end.end());
            start = end.end();
        }
        add(sentences, start, text.length());
        return sentences;
    }

    private void add(List<Sentence> sentences, int start, int end) {
        String sentence = text.substring(start, end);
        String stripped = sentence.strip();
        if (!stripped.isEmpty()) {
            String before = text.substring(0, end - sentence.stripLeading().length());
            int breaks = Math.toIntExact(before.chars().filter(c -> c == '\n').count());
            sentences.add(new Sentence(file, line + breaks, stripped.replaceAll("\\s+", " ")));
        }
    }
}
