// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;

/**
 * Static trampolines do not work in this process: there is no text image for the machine, or it
 * cannot be mapped, or it is not the one that this version of Salto was built with. The message
 * lists what was tried, why each failed, and what to do. Nothing is remembered of the failure: once
 * the reason is gone, the same call works.
 *
 * <p>Salto turns to code made at run time only where {@link Fallback#UPCALL_STUBS} says so, and
 * only for closures.
 */
public final class TrampolinesUnsupportedException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    TrampolinesUnsupportedException(TextImageException cause) {
        super(cause.getMessage(), cause);
    }

    /** The text image, or this exception: for what has no other way than static trampolines. */
    static TextImage textImage() {
        try {
            return TextImage.get();
        } catch (TextImageException e) {
            throw new TrampolinesUnsupportedException(e);
        }
    }
}
