// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A libffi that a script fetches and compiles, into a folder where it stays for the next time. */
enum LibffiLibrary {
    /** Version 3.4.4, whose closures are code in writable and executable memory. */
    WRITABLE,
    /** The newest version, with static trampolines. */
    STATIC;

    /** The property that names the folder of all libraries. */
    private static final String FOLDER = "dev.salto.benchmarks.libffi";

    /**
     * The property that names the script. The script takes the kind of library and its file, prints
     * its steps to its standard error, and after them why it failed.
     */
    private static final String SCRIPT = "dev.salto.benchmarks.libffi.script";

    private static final String NAME = "libffi.so.8";

    /** The prefixes of a step, and of the reason for its failure. */
    private static final String STEP = "  ";
    private static final String FAILURE = "salto: ";

    /**
     * Builds the library, if it is not there.
     *
     * @param progress is told each step
     * @throws UnsupportedOperationException if something is missing for that
     */
    void build(Consumer<String> progress) {
        build(path(SCRIPT), file(), progress);
    }

    /** The library, which has been built before. */
    Path file() {
        return path(FOLDER).resolve(key(), NAME);
    }

    private String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Path path(String property) {
        String path = System.getProperty(property);
        if (path == null) {
            throw new UnsupportedOperationException(
                    "the system property " + property + " is not set; ./salto bench does that");
        }
        return Path.of(path);
    }

    void build(Path script, Path file, Consumer<String> progress) {
        try {
            Process process = new ProcessBuilder(script.toString(), key(), file.toString())
                    .redirectOutput(Redirect.DISCARD).start();
            List<String> words = new ArrayList<>();
            try (BufferedReader lines = process.errorReader()) {
                lines.lines().forEach(line -> {
                    if (words.isEmpty() && line.startsWith(STEP)) {
                        progress.accept(line.strip());
                    } else {
                        words.add(line.strip());
                    }
                });
            }
            if (process.waitFor() != 0) {
                throw new UnsupportedOperationException(
                        "it could not be built: " + String.join(" ", words).replace(FAILURE, ""));
            }
            if (!Files.exists(file)) {
                throw new IllegalStateException("%s has not made %s".formatted(script, file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(script + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while libffi was compiled"));
        }
    }
}
