// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import com.github.javaparser.JavaParser;
import com.github.javaparser.JavaToken;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.Range;
import com.github.javaparser.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the comments of source files. */
final class SourceProse {
    private static final ParserConfiguration CONFIGURATION = new ParserConfiguration()
            .setLanguageLevel(ParserConfiguration.LanguageLevel.RAW);
    private static final Pattern C_COMMENT = Pattern
            .compile("(?s)/\\*.*?\\*/|(?m)^[ \\t]*//[^\\n]*(?:\\n[ \\t]*//[^\\n]*)*");
    private static final Pattern SHELL_COMMENT = Pattern.compile("(?m)^[ \\t]*#(?!!).*(?:\\n[ \\t]*#.*)*");
    private static final Pattern XML_COMMENT = Pattern.compile("(?s)<!--.*?-->");

    private SourceProse() {}

    static Document readJava(String file, String source) {
        Document document = new Document();
        TokenRange tokens = new JavaParser(CONFIGURATION).parse(source).getResult()
                .flatMap(unit -> unit.getTokenRange()).orElseThrow(() -> new AssertionError(file + " is not Java"));
        List<String> sourceLines = source.lines().toList();
        List<String> lines = new ArrayList<>();
        int first = 0;
        for (JavaToken token : tokens) {
            if (token.getCategory().isComment()) {
                Range range = token.getRange().orElseThrow();
                boolean isLine = token.getText().startsWith("//");
                boolean isAlone = sourceLines.get(range.begin.line - 1).substring(0, range.begin.column - 1).isBlank();
                if (!(isLine && isAlone && first + lines.size() == range.begin.line)) {
                    flush(document, file, first, lines);
                    first = range.begin.line;
                }
                List<String> comment = token.getText().stripTrailing().lines().toList();
                lines.add((isAlone ? " ".repeat(range.begin.column - 1) : "") + comment.getFirst());
                lines.addAll(comment.subList(1, comment.size()));
            }
        }
        flush(document, file, first, lines);
        return document;
    }

    /** Adds a comment, or line comments that follow each other. */
    private static void flush(Document document, String file, int first, List<String> lines) {
        if (!lines.isEmpty()) {
            CommentText.add(document, file, first, List.copyOf(lines), lines.getFirst().strip().startsWith("/**"));
            lines.clear();
        }
    }

    static Document readC(String file, String source) {
        return read(C_COMMENT, file, source);
    }

    static Document readShell(String file, String source) {
        return read(SHELL_COMMENT, file, source);
    }

    static Document readXml(String file, String source) {
        return read(XML_COMMENT, file, source);
    }

    private static Document read(Pattern comments, String file, String source) {
        Document document = new Document();
        Matcher comment = comments.matcher(source);
        while (comment.find()) {
            String before = source.substring(source.lastIndexOf('\n', comment.start()) + 1, comment.start());
            int first = 1 + CommentText.lineBreaks(source.substring(0, comment.start()));
            List<String> lines = ((before.isBlank() ? before : "") + comment.group()).lines().toList();
            CommentText.add(document, file, first, lines, false);
        }
        return document;
    }
}
