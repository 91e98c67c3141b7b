// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;

/**
 * Static trampolines do not work in this process. There is no text image for the machine, it cannot
 * be mapped, or it belongs to another version of Salto. The message lists the attempts, their
 * failures, and the remedies. The failure is not remembered: once the reason is gone, the same call
 * works.
 *
 * <p>Salto uses code made at run time only with {@link Fallback#UPCALL_STUBS}, and only for
 * closures. This fallback is the default where Salto has no port.
 */
public final class TrampolinesUnsupportedException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    TrampolinesUnsupportedException(TextImageException cause) {
        super(cause.getMessage(), cause);
    }

    /** Neither static trampolines nor upcall stubs work. */
    TrampolinesUnsupportedException(TextImageException cause, UnsupportedOperationException noLinker) {
        super("%s; and closures cannot be upcall stubs: this JDK has no linker for the machine (%s)"
                .formatted(cause.getMessage(), noLinker.getMessage()), cause);
        addSuppressed(noLinker);
    }

    /**
     * Returns the text image or throws this exception, for callers that need static trampolines.
     */
    static TextImage textImage() {
        try {
            return TextImage.get();
        } catch (TextImageException e) {
            throw new TrampolinesUnsupportedException(e);
        }
    }

    /** As {@link #textImage}, for callers that record calls. */
    static TextImage textImageThatRecords() {
        TextImage image = textImage();
        try {
            image.requireRecording();
        } catch (TextImageException e) {
            throw new TrampolinesUnsupportedException(e);
        }
        return image;
    }
}
