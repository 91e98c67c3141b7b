// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A copy of the library's classes and resources, to do things to.
 *
 * @param folder the folder of the classes
 */
record LibraryCopy(Path folder) {
    static final String PACKAGE = "dev/salto/internal/text/";
    static final String IMAGE_NAME = "libsalto-x86_64.so";

    /** Copies the library into a new folder. */
    static LibraryCopy into(Path folder) throws IOException {
        Path original = ChildJvm.libraryClasses();
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(original.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return new LibraryCopy(folder);
    }

    Path image() {
        return folder.resolve(PACKAGE + IMAGE_NAME);
    }

    Path index() {
        return folder.resolve(PACKAGE + "libsalto-x86_64.properties");
    }

    /** Packs it as any repackaging tool would: compressed, and aligned to nothing. */
    Path packed() {
        return packed("--create");
    }

    /** Packs it without compression, but aligned to nothing. */
    Path stored() {
        return packed("--create", "--no-compress");
    }

    private Path packed(String... how) {
        Path jar = folder.resolveSibling(folder.getFileName() + ".jar");
        String[] arguments = Stream.concat(Stream.of(how),
                Stream.of("--file", jar.toString(), "-C", folder.toString(), ".")).toArray(String[]::new);
        assertThat(ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, arguments)).isZero();
        return jar;
    }
}
