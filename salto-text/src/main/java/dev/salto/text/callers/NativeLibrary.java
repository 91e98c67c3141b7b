// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The libraries of native callers that the build put beside this class. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Loads one of the libraries for this architecture, for good. The dynamic linker wants a file, so the library leaves its
     * JAR for as long as it takes to load it.
     *
     * @param suffix what follows the architecture in the file's name
     * @throws UnsupportedOperationException if it was not built for this architecture
     */
    static SymbolLookup load(String suffix) {
        String architecture = System.getProperty("os.arch").equals("amd64")
                ? "x86_64"
                : System.getProperty("os.arch");
        String name = architecture + suffix + ".so";
        try (var content = NativeLibrary.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new UnsupportedOperationException("no native callers were built for " + architecture);
            }
            Path file = Files.createTempFile("callers-", ".so");
            try {
                Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load the native callers", e);
        }
    }
}
