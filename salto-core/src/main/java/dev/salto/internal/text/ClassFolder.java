// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file beside the classes, where those are in a folder. */
record ClassFolder() implements TextSource {
    @Override
    public List<Place> places(Original original) throws TextImageException {
        Path classes = OwnClasses.place();
        if (Files.isRegularFile(classes)) {
            throw new TextImageException("the classes of Salto are in a JAR, " + classes);
        }
        Path file = classes.resolve(ClassFolder.class.getPackageName().replace('.', '/')).resolve(original.name());
        return List.of(Place.of(file, "move the classes to a file system that allows executable files"));
    }
}
