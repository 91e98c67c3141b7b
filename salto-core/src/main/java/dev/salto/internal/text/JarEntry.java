// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.OpenFile;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The image in place inside the JAR of the classes. The build stores it uncompressed and aligned to
 * pages.
 */
record JarEntry() implements TextSource {
    @Override
    public List<Place> places(Original original) throws TextImageException, OsException {
        Path jar = OwnClasses.place();
        if (Files.isDirectory(jar)) {
            throw new TextImageException("the classes of Salto are in a folder, " + jar);
        }
        String entry = JarEntry.class.getPackageName().replace('.', '/') + "/" + original.name();
        long offset = offset(jar, entry);
        requireWholePages(jar, entry, offset, Os.current().pageSize());
        return List.of(new Place(jar + ", " + entry + " at byte " + offset,
                "move the JAR to a file system that allows executable files", false,
                new FileAt(jar, offset)));
    }

    private static long offset(Path jar, String entry) throws TextImageException, OsException {
        try (OpenFile file = Os.current().open(jar)) {
            return StoredEntries.offset(file, jar, entry);
        }
    }

    /** A mapping begins at a multiple of the page size in the file. */
    static void requireWholePages(Path jar, String entry, long offset, int page) throws TextImageException {
        if (offset % page != 0) {
            throw new TextImageException(
                    ("%s has %s at byte %s, which is no multiple of the page size, %s; a repackaging step moved it, so keep the JAR"
                            + " of Salto as it is to have its code mapped in place").formatted(jar, entry, offset,
                                    page));
        }
    }
}
