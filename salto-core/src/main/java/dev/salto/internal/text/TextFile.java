// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file from which the text image can be mapped. It is needed only until that is done; closing it removes what was made for the
 * purpose.
 */
sealed interface TextFile extends AutoCloseable {
    Path path();

    /** For messages: which file this is, and where it came from. */
    String description();

    /** For messages: what to do if this file may not be mapped read+execute. */
    String remedy();

    @Override
    void close() throws IOException;

    /**
     * Finds the image among the resources beside this class.
     *
     * @param name the image's file name
     * @throws TextImageException if it is not there
     */
    static TextFile find(String name) throws TextImageException, IOException {
        URL url = TextFile.class.getResource(name);
        if (url == null) {
            throw new TextImageException("the text image " + name
                    + " is missing beside its index; a repackaging step dropped it, so keep the resources of dev.salto whole");
        }
        try {
            URI uri = url.toURI();
            return uri.getScheme().equals("file") ? new InClassFolder(Path.of(uri)) : Extracted.from(name);
        } catch (URISyntaxException e) {
            throw new TextImageException("the text image has no usable place: " + url, e);
        }
    }

    /** The file that lies beside this class, in a folder of the class path or module path. */
    record InClassFolder(Path path) implements TextFile {
        @Override
        public String description() {
            return path.toString();
        }

        @Override
        public String remedy() {
            return "move the library to a file system that allows executable files";
        }

        @Override
        public void close() {}
    }

    /** A copy in a temporary folder that only this user can enter, made because the image is packed in a JAR. */
    record Extracted(Path folder, Path path) implements TextFile {
        static Extracted from(String name) throws IOException {
            Path folder = Files.createTempDirectory("salto-"); // with mode 0700
            Extracted copy = new Extracted(folder, folder.resolve(name));
            try (InputStream content = requireNonNull(TextFile.class.getResourceAsStream(name))) {
                Files.copy(content, copy.path);
                return copy;
            } catch (IOException e) {
                copy.close();
                throw e;
            }
        }

        @Override
        public String description() {
            return path + ", extracted from the resources of dev.salto,";
        }

        @Override
        public String remedy() {
            return "set -Djava.io.tmpdir to a folder on a file system that allows executable files";
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }
}
