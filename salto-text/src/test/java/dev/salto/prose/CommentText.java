// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a comment into blocks. */
final class CommentText {
    /** The signs at the beginning and at the end of a comment's lines. */
    private static final Pattern DECORATION = Pattern
            .compile("^\\s*(?:/\\*+|\\*/|\\*(?!/)|//+|#+|<!--)? ?|\\s*(?:\\*/|-->)\\s*$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?s)<pre>.*?</pre>");
    private static final String SNIPPET = "{@snippet";
    private static final Pattern CODE = Pattern
            .compile("\\{@(?:code|literal|value|systemProperty)\\s+((?:[^{}]|\\{[^{}]*\\})*)\\}|`([^`\\n]*)`");
    private static final Pattern LINK = Pattern.compile("\\{@link(?:plain)?\\s+([^\\s}]+)(?:\\s+([^}]*))?\\}");
    private static final Pattern RETURN = Pattern.compile("\\{@return\\s+([^}]*)\\}");
    private static final Pattern INLINE_TAG = Pattern
            .compile("\\{@(?!inheritDoc)\\w+\\s*([^}]*)\\}|</?(?:a|b|i|em|strong|code|sup|sub|caption)\\b[^>]*>");
    private static final Pattern BLOCK_TAG = Pattern.compile("<(?:/?[a-z]+[0-9]?)\\b[^>]*>");
    /** Begins a block: a tag of Javadoc, or an item of a list. */
    private static final Pattern BLOCK_START = Pattern.compile(
            "\\s*(?:@(?:param\\s+\\S+|return|throws\\s+\\S+|see|since|apiNote|implNote)|[-*]\\s|\\d+\\.\\s).*");
    private static final Pattern TAG_NAME = Pattern
            .compile("^\\s*(?:@(?:param\\s+\\S+|return|throws\\s+\\S+|see|since|apiNote|implNote)|[-*] |\\d+\\. )");
    /** A table, a drawing, or code: has columns, or is indented. */
    private static final Pattern TABLE = Pattern.compile("\\s{3,}\\S.*|.*\\S\\s{3,}\\S.*");
    /** Lines that are not wrapped. */
    private static final Pattern ADDRESS_OR_TABLE = Pattern.compile("://|href=|<t[drh]>");
    private static final Pattern PAGE = Pattern
            .compile("\\b(?:docs/[\\w/-]+|README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\\.md\\b");

    private final String file;
    private final Document document;
    private final StringBuilder text = new StringBuilder();
    private int start;

    private CommentText(String file, Document document) {
        this.file = file;
        this.document = document;
    }

    /**
     * Adds the blocks of one comment.
     *
     * @param first the number of its first line
     * @param lines as in the file, without code before the comment
     * @param isJavadoc whether tags have a meaning
     */
    static void add(Document document, String file, int first, List<String> lines, boolean isJavadoc) {
        CommentText comment = new CommentText(file, document);
        StringBuilder stripped = new StringBuilder();
        for (String line : lines) {
            stripped.append(DECORATION.matcher(line).replaceAll("")).append('\n');
        }
        String plain = isJavadoc
                ? withoutTags(stripped.toString())
                : CODE.matcher(stripped).replaceAll(CommentText::code);
        List<String> plainLines = plain.lines().toList();
        for (int i = 0; i < plainLines.size(); i++) {
            comment.addLine(first + i, plainLines.get(i), lines.get(i), isJavadoc);
        }
        comment.endBlock();
    }

    /** A piece of code counts as one word. */
    static String oneWord(String code) {
        return code.strip().replaceAll("[^\\S\\n]+", "_").replaceAll("[.!?]_", "_");
    }

    private static String withoutTags(String comment) {
        String text = CODE_BLOCK.matcher(withoutSnippets(comment))
                .replaceAll(block -> "\n".repeat(lineBreaks(block.group())));
        text = CODE.matcher(text).replaceAll(CommentText::code);
        text = LINK.matcher(text).replaceAll(link -> Matcher.quoteReplacement(
                link.group(2) == null ? oneWord(link.group(1)) : link.group(2)));
        text = RETURN.matcher(text).replaceAll("$1.");
        text = INLINE_TAG.matcher(text)
                .replaceAll(tag -> tag.group(1) == null ? "" : Matcher.quoteReplacement(tag.group(1)));
        return BLOCK_TAG.matcher(text).replaceAll("\u0000");
    }

    /** The braces in a snippet are balanced. */
    private static String withoutSnippets(String comment) {
        StringBuilder text = new StringBuilder(comment);
        int start = text.indexOf(SNIPPET);
        while (start >= 0) {
            int depth = 1;
            int end = start + SNIPPET.length();
            while (depth > 0 && end < text.length()) {
                char c = text.charAt(end);
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                end++;
            }
            text.replace(start, end, "\n".repeat(lineBreaks(text.substring(start, end))));
            start = text.indexOf(SNIPPET);
        }
        return text.toString();
    }

    private static String code(MatchResult match) {
        String code = match.group(1) == null ? match.group(2) : match.group(1);
        return Matcher.quoteReplacement(
                code.isBlank() ? code : oneWord(code).replace('\n', '_') + "\n".repeat(lineBreaks(code)));
    }

    static int lineBreaks(String text) {
        return Math.toIntExact(text.chars().filter(c -> c == '\n').count());
    }

    private void addLine(int number, String line, String original, boolean isJavadoc) {
        Matcher page = PAGE.matcher(line);
        while (page.find()) {
            document.pages().add(new Document.Reference(file, number, page.group()));
        }
        if (line.isBlank() || line.startsWith("SPDX-License-Identifier")
                || (!isJavadoc && TABLE.matcher(line).matches())) {
            endBlock();
            return;
        }
        if (!ADDRESS_OR_TABLE.matcher(original).find()) {
            document.lines().add(new Block(file, number, original));
        }
        if (BLOCK_START.matcher(line).matches()) {
            endBlock();
        }
        String[] parts = line.split("\u0000", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                endBlock();
            }
            if (text.isEmpty()) {
                start = number;
            }
            text.append(TAG_NAME.matcher(parts[i]).replaceFirst(""));
        }
        text.append('\n');
    }

    private void endBlock() {
        if (!text.toString().isBlank()) {
            document.blocks().add(new Block(file, start, text.toString()));
        }
        text.setLength(0);
    }
}
