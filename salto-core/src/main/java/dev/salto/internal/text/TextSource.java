// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.OpenFile;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A source of the text image. */
interface TextSource {
    /**
     * The names of the sources for users, in their default order. A sealed copy comes before files
     * that are mapped in place, because those can be overwritten.
     */
    List<String> NAMES = List.of(NamedFile.NAME, "installed", Os.SEALED_COPY, "class-folder", "jar", "file");

    /** The order if a filter may end the process for the attempt to make a sealed copy. */
    List<String> NAMES_UNDER_A_FILTER = List.of(NamedFile.NAME, "installed", "class-folder", "jar", Os.SEALED_COPY,
            "file");

    /** The order where code is mapped from whole files only. */
    List<String> NAMES_OF_FILES = List.of(NamedFile.NAME, "installed", "class-folder", "file");

    /**
     * The source of a name. A process needs few sources, and loading their classes takes time when
     * it starts. So only those are made.
     *
     * @param name one of {@link #NAMES}
     */
    @SuppressWarnings("RefactorSwitch") // for the value of a switch, the verifier would load all classes to find their common type
    static TextSource named(String name) {
        switch (name) {
            case NamedFile.NAME -> {
                return new NamedFile();
            }
            case "installed" -> {
                return new InstalledLibrary();
            }
            case "class-folder" -> {
                return new ClassFolder();
            }
            case "jar" -> {
                return new JarEntry();
            }
            case Os.SEALED_COPY -> {
                return new SealedMemory();
            }
            case "file" -> {
                return Os.current().mapsWholeFilesOnly() ? new KeptFile() : new PrivateFile();
            }
            default -> throw new AssertionError(name);
        }
    }

    /**
     * The places to try, in this order.
     *
     * @param original the image that is looked for
     * @throws TextImageException if there is no such place; the message says why
     */
    List<Place> places(Original original) throws TextImageException, OsException, IOException;

    /**
     * One place.
     *
     * @param location for people: the file, and the place in it
     * @param remedy for messages: the remedy if this place may not be mapped read+execute
     * @param isSealed whether it is a copy of the original that nobody can change
     * @param opener opens it
     */
    record Place(String location, String remedy, boolean isSealed, Opener opener) {
        /** A file that is the image as it stands. */
        static Place of(Path file, String remedy) {
            return new Place(file.toString(), remedy, false, new FileAt(file, 0));
        }
    }

    /** Opens a place. */
    interface Opener {
        OpenText open() throws TextImageException, OsException, IOException;
    }

    /**
     * A file with the text image in it.
     *
     * @param offset where the image begins in it, in bytes
     */
    record FileAt(Path file, long offset) implements Opener {
        @Override
        public OpenText open() throws OsException {
            return new OpenText(Os.current().open(file), offset);
        }
    }

    /**
     * An open file with the text image in it. It is only needed until the image is mapped.
     *
     * @param file the file
     * @param offset where the image begins in it, in bytes
     */
    record OpenText(OpenFile file, long offset) {}
}
