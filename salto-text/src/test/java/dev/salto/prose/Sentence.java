// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A sentence, or a note that is not a whole one.
 *
 * @param line where it begins
 */
record Sentence(String file, int line, String text) {
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern LETTER_OR_DIGIT = Pattern.compile("[\\p{L}\\p{N}]");
    private static final Pattern FORBIDDEN_OPENING = Pattern.compile("(What|Whoever|So it is|That\\b.*\\bis)\\b.*");

    /** Signs between words, such as dashes, are not counted. */
    long words() {
        return Arrays.stream(BLANKS.split(text)).filter(word -> LETTER_OR_DIGIT.matcher(word).find()).count();
    }

    /** Questions may begin with any word. */
    boolean hasForbiddenOpening() {
        return !text.endsWith("?") && FORBIDDEN_OPENING.matcher(text).matches();
    }
}
