// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;

/** The files beside the classes of this package. */
final class Resources {
    private Resources() {}

    /** The name of a class's file. */
    static String classFile(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).concat(".class");
    }

    /** The content of a file. */
    static byte[] read(String name) throws IOException {
        try (InputStream content = Resources.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new IllegalStateException(name.concat(" is not among the resources"));
            }
            return content.readAllBytes();
        }
    }
}
