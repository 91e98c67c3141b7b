// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The image as an installed library: in a folder of {@code java.library.path}, or beside the
 * libraries of the JVM, where jlink puts it.
 */
record InstalledLibrary() implements TextSource {
    @Override
    public List<Place> places(String image) throws TextImageException {
        List<Path> folders = new ArrayList<>();
        String libraryPath = System.getProperty("java.library.path", "");
        for (String folder : Arrays.asList(libraryPath.split(File.pathSeparator, -1))) {
            if (!folder.isEmpty()) {
                folders.add(Path.of(folder));
            }
        }
        Path ofTheJvm = Path.of(System.getProperty("java.home"), "lib");
        folders.add(ofTheJvm);
        List<Place> places = new ArrayList<>();
        for (Path folder : folders) {
            Path file = folder.resolve(image);
            if (Files.exists(file)) {
                places.add(Place.of(file, "put it on a file system that allows executable files"));
            }
        }
        if (places.isEmpty()) {
            throw new TextImageException(
                    "no " + image + " is in java.library.path (" + libraryPath + ") or " + ofTheJvm);
        }
        return places;
    }
}
