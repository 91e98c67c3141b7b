// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;

/** The library's JAR, which tests of the packed library need. */
public final class PackedLibrary {
    private PackedLibrary() {}

    /**
     * Returns the path of the library's JAR.
     *
     * @throws IllegalStateException if the build has not packed it yet
     */
    public static Path find() throws IOException {
        Properties build = new Properties();
        try (InputStream resource = PackedLibrary.class.getResourceAsStream("build.properties")) {
            build.load(Objects.requireNonNull(resource, "build.properties"));
        }
        Path jar = Path.of(build.getProperty("jar"));
        if (!Files.exists(jar)) {
            throw new IllegalStateException("the packed library %s is missing: run mvn package -DskipTests first"
                    .formatted(jar));
        }
        return jar;
    }
}
