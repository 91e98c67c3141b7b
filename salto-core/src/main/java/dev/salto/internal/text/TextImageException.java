// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** There is no usable text image. The message says why, and what to do about it. */
public final class TextImageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<TextAttempt> tried;

    TextImageException(String message) {
        this(message, null);
    }

    TextImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.tried = List.of();
    }

    /** All sources failed. */
    TextImageException(List<TextAttempt> tried) {
        super(tried.stream()
                .map(attempt -> "%n  %-12s  %s".formatted(attempt.source(),
                        attempt.location().isEmpty()
                                ? attempt.reason()
                                : attempt.location() + ": " + attempt.reason()))
                .collect(Collectors.joining("", "there is no place from which the text image can be mapped:", "")));
        this.tried = List.copyOf(tried);
    }

    /** The failed attempts; empty if there were none. */
    public List<TextAttempt> tried() {
        return tried;
    }
}
