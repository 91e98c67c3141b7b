// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.OpenFile;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** A kind of place that the text image may come from. */
interface TextSource {
    /**
     * The names by which users know the sources, in the order in which they are tried unless the
     * user says otherwise.
     */
    List<String> NAMES = List.of(NamedFile.NAME, "installed", "class-folder", "jar", Os.SEALED_COPY, "file");

    /**
     * The source of a name. Few are needed in one process, so that only those are made: loading
     * their classes takes time when it starts.
     *
     * @param name one of {@link #NAMES}
     */
    @SuppressWarnings("RefactorSwitch") // for the value of a switch the verifier would load all classes, to find what they have in common
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
                return new PrivateFile();
            }
            default -> throw new AssertionError(name);
        }
    }

    /**
     * The places to try, in this order.
     *
     * @param image the file name of the text image
     * @throws TextImageException if there is no such place; the message says why
     */
    List<Place> places(String image) throws TextImageException, OsException, IOException;

    /**
     * One place.
     *
     * @param location for people: which file this is, and where in it
     * @param remedy for messages: what to do if this place may not be mapped read+execute
     * @param opener opens it
     */
    record Place(String location, String remedy, Opener opener) {
        /** A file that is the image as it stands. */
        static Place of(Path file, String remedy) {
            return new Place(file.toString(), remedy, new FileAt(file, 0));
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

    /**
     * The image among the resources of this module, for sources that make a copy.
     *
     * @param content its bytes
     * @param origin for people: where they are
     */
    record Original(MemorySegment content, String origin) {
        static Original of(String image) throws TextImageException, IOException {
            // Not by opening the URL: that would open a JAR once more, perhaps another by now, and
            // keep it open.
            try (InputStream content = TextSource.class.getResourceAsStream(image)) {
                if (content == null) {
                    throw new TextImageException(image
                            + " is missing beside its index; a repackaging step dropped it, so keep the resources of dev.salto whole");
                }
                return new Original(MemorySegment.ofArray(content.readAllBytes()),
                        String.valueOf(TextSource.class.getResource(image)));
            }
        }
    }
}
