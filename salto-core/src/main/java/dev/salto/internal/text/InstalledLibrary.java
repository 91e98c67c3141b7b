// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Os;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The image as an installed library: in a folder of {@code java.library.path}, or beside the
 * libraries of the JVM, the place of jlink. On Windows, libraries are also beside the JAR.
 */
record InstalledLibrary() implements TextSource {
    @Override
    public List<Place> places(Original original) throws TextImageException {
        String libraryPath = System.getProperty("java.library.path", "");
        boolean isWindows = Os.current().mapsWholeFilesOnly();
        String ofTheJvm = System.getProperty("java.home") + File.separator + (isWindows ? "bin" : "lib");
        List<Place> places = new ArrayList<>();
        for (String folder : Arrays.asList(libraryPath.split(File.pathSeparator, -1))) {
            if (!folder.isEmpty()) {
                addPlace(places, folder, original.name());
            }
        }
        addPlace(places, ofTheJvm, original.name());
        if (isWindows) {
            addPlace(places, String.valueOf(OwnClasses.place().getParent()), original.name());
        }
        if (places.isEmpty()) {
            throw new TextImageException(
                    "no " + original.name() + " is in java.library.path (" + libraryPath + ") or " + ofTheJvm);
        }
        return places;
    }

    /** Adds nothing if a folder has no image. */
    private static void addPlace(List<Place> places, String folder, String image) {
        try {
            Path file = Settings.path("the folder ", folder).resolve(image);
            if (Files.exists(file)) {
                places.add(Place.of(file, "put it on a file system that allows executable files"));
            }
        } catch (TextImageException e) {
            places.add(new Place(folder, "", false, () -> {
                throw e;
            }));
        }
    }
}
