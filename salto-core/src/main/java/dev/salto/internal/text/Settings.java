// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Os;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The system properties for the sources of the text image. They are read each time they are
 * needed.
 */
final class Settings {
    /** The file that holds the text image. */
    static final String TEXT = "dev.salto.text";

    /** The allowed sources, in their order. */
    static final String SOURCES = "dev.salto.text.sources";

    /** The folder for a private file. */
    static final String FOLDER = "dev.salto.text.folder";

    private Settings() {}

    static Optional<Path> text() throws TextImageException {
        return path(TEXT);
    }

    static Optional<Path> folder() throws TextImageException {
        return path(FOLDER);
    }

    /**
     * The names of the sources, in the order of the attempts.
     *
     * @throws IllegalArgumentException if the property names an unknown source
     */
    static List<String> sources() {
        String value = System.getProperty(SOURCES, "").strip();
        if (value.isEmpty()) {
            if (Os.current().mapsWholeFilesOnly()) {
                return TextSource.NAMES_OF_FILES;
            }
            return Os.current().mayEndProcessForSealedCopy() ? TextSource.NAMES_UNDER_A_FILTER : TextSource.NAMES;
        }
        List<String> sources = new ArrayList<>();
        for (String part : Arrays.asList(value.split(",", -1))) {
            String name = part.strip();
            if (!TextSource.NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "-D%s=%s names the source \"%s\", which there is not; the sources are %s".formatted(SOURCES,
                                value, name, String.join(", ", TextSource.NAMES)));
            }
            sources.add(name);
        }
        return sources;
    }

    private static Optional<Path> path(String property) throws TextImageException {
        String value = System.getProperty(property, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(path("-D%s=".formatted(property), value));
    }

    /**
     * Makes a path of the system.
     *
     * @param origin for the message: the place of the value
     * @throws TextImageException if there can be no such path, for example because the locale's
     *     character set lacks a character
     */
    static Path path(String origin, String value) throws TextImageException {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new TextImageException(
                    "%s%s is not a path: %s; if it is one, start java in a locale that has its characters"
                            .formatted(origin, value, e.getReason()),
                    e);
        }
    }
}
