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
     * Returns the default source of the text image. It is a sealed copy in memory or, if this
     * process and its children have a filter for system calls, the place itself.
     *
     * @param inPlace the source that maps the library's own files
     */
    public static String usualSource(String inPlace) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).contains("Seccomp:\t0") ? "memfd" : inPlace;
    }

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
