// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.nio.file.Path;
import java.util.Arrays;

/** The format of files with native code. */
enum ImageFormat {
    /** Of Linux. */
    ELF(".so"),
    /** Of Windows. */
    PE(".dll");

    private final String suffix;

    ImageFormat(String suffix) {
        this.suffix = suffix;
    }

    /** The format for an architecture, by the name of its {@code .S} file. */
    static ImageFormat of(String architecture) {
        return architecture.endsWith("-windows") ? PE : ELF;
    }

    /** Whether a file has native code, by its name. */
    static boolean isNative(Path file) {
        return Arrays.stream(values()).anyMatch(format -> file.toString().endsWith(format.suffix));
    }

    /** The end of a file's name. */
    String suffix() {
        return suffix;
    }
}
