// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** A kind of place that the text image may come from. */
interface TextSource {
    /** All sources, in the order in which they are tried unless the user says otherwise. */
    List<TextSource> ALL = List.of(
            new NamedFile(),
            new InstalledLibrary(),
            new ClassFolder(),
            new JarEntry(),
            new SealedMemory(),
            new PrivateFile());

    /** The name by which users know this source. */
    String name();

    /**
     * The places to try, in this order.
     *
     * @param image the file name of the text image
     * @throws TextImageException if there is no such place; the message says why
     */
    List<Place> places(String image) throws TextImageException, IOException;

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
            return new Place(file.toString(), remedy, () -> new OpenText(SystemCalls.openForReading(file), 0));
        }
    }

    /** Opens a place. */
    interface Opener {
        OpenText open() throws TextImageException, SystemCallException, IOException;
    }

    /**
     * An open file with the text image in it. The descriptor is only needed until the image is mapped.
     *
     * @param descriptor the file
     * @param offset where the image begins in it, in bytes
     */
    record OpenText(int descriptor, long offset) {}

    /**
     * The image among the resources of this module, for sources that make a copy.
     *
     * @param content its bytes
     * @param origin for people: where they are
     */
    record Original(MemorySegment content, String origin) {
        static Original of(String image) throws TextImageException, IOException {
            // Not by opening the URL: that would open a JAR once more, perhaps another by now, and keep it open.
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
