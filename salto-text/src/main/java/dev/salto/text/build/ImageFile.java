// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A text image, in the format of one system. */
interface ImageFile {
    /** The number of the architecture in the file's header. */
    short machine();

    /** The order of bytes in code. */
    ByteOrder order();

    /** All symbols by name. Of code there is the offset in the file, of others the value. */
    Map<String, Long> symbols();

    /**
     * Checks the format's own rules for text images.
     *
     * @param layout the numbers of the layout, by name
     * @return the alignment of the image in the file from which it is mapped, in bytes
     * @throws IllegalStateException if the image breaks a rule; the message says which
     */
    long check(ToIntFunction<String> layout);
}
