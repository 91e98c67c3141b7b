// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.text.TextImageException;

/**
 * Static trampolines do not work in this process: there is no text image for the machine, or it cannot be mapped, or it is not the one that
 * this version of Salto was built with. The message says which, and what to do. Nothing is remembered of the failure: once the reason is
 * gone, the same call works.
 *
 * <p>Salto never turns to code made at run time instead.
 */
public final class TrampolinesUnsupportedException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    private TrampolinesUnsupportedException(TextImageException cause) {
        super(cause.getMessage(), cause);
    }

    /** Something that needs the text image. */
    interface Attempt<T> {
        T run() throws TextImageException;
    }

    /** Does something that needs the text image, or throws this exception. */
    static <T> T unless(Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (TextImageException e) {
            throw new TrampolinesUnsupportedException(e);
        }
    }
}
