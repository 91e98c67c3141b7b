// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;

/** The place of this library's classes. */
final class OwnClasses {
    private OwnClasses() {}

    /**
     * The folder or JAR.
     *
     * @throws TextImageException if they came from elsewhere
     */
    static Path place() throws TextImageException {
        CodeSource source = OwnClasses.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null) {
            throw new TextImageException("the class loader does not say where the classes of Salto came from");
        }
        if (!location.getProtocol().equals("file")) {
            throw new TextImageException("the classes of Salto are not in a file of their own, but in " + location);
        }
        try {
            return Path.of(location.toURI());
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new TextImageException("the classes of Salto are in a place that is no path: " + location, e);
        }
    }
}
