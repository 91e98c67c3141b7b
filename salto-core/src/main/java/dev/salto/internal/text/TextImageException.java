// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import org.jspecify.annotations.Nullable;

/** There is no usable text image. The message says why, and what to do about it. */
public final class TextImageException extends Exception {
    private static final long serialVersionUID = 1L;

    TextImageException(String message) {
        this(message, null);
    }

    TextImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
