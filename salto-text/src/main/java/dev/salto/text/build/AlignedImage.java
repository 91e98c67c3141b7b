// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A text image as an entry of a JAR that is stored as it is, with its data at a multiple of an
 * alignment.
 */
final class AlignedImage {
    private static final String PADDING_FOLDER = "META-INF/padding/";

    /** The size of an entry's local header without its name and extra fields. */
    private static final int LOCAL_HEADER = 30;

    private final ZipArchiveEntry packed;
    private final ZipArchiveEntry stored;
    private final ZipArchiveEntry padding;
    private final int alignment;

    private AlignedImage(ZipArchiveEntry packed, int alignment) throws IOException {
        this.packed = packed;
        this.alignment = alignment;
        stored = new ZipArchiveEntry(packed);
        stored.setMethod(ZipArchiveEntry.STORED);
        stored.setCompressedSize(stored.getSize());
        // Not the image's whole name: tools that search a JAR for libraries, or unpack them, find
        // the image alone.
        padding = new ZipArchiveEntry(
                PADDING_FOLDER + Path.of(packed.getName()).getFileName().toString().replaceFirst("\\.so$", ""));
        padding.setMethod(ZipArchiveEntry.STORED);
        padding.setTime(packed.getTime());
    }

    /** Whether an entry is a text image. */
    static boolean isImage(ZipArchiveEntry entry) {
        return NativeCodeBuild.TEXT_PACKAGE.equals(Path.of(entry.getName()).getParent())
                && entry.getName().endsWith(".so");
    }

    /** Whether an entry is padding that was put in front of an image before. */
    static boolean isPadding(ZipArchiveEntry entry) {
        return entry.getName().startsWith(PADDING_FOLDER);
    }

    /**
     * Takes an image as it is packed, and its alignment from the index beside it.
     *
     * @throws IOException if the index is missing or names no alignment
     */
    static AlignedImage of(ZipArchiveEntry packed, ZipFile source) throws IOException {
        String name = packed.getName();
        ZipArchiveEntry index = source.getEntry(name.replaceFirst("\\.so$", ".properties"));
        if (index == null) {
            throw new IOException("there is no index beside " + name);
        }
        Properties properties = new Properties();
        try (InputStream content = source.getInputStream(index)) {
            properties.load(content);
        }
        String alignment = properties.getProperty(TextImageIndex.ALIGNMENT);
        if (alignment == null) {
            throw new IOException("the index " + index.getName() + " has no " + TextImageIndex.ALIGNMENT);
        }
        return new AlignedImage(packed, Integer.parseInt(alignment));
    }

    /** The number of bytes between the beginning of an entry and that of its data. */
    static int localHeaderSize(ZipArchiveEntry entry) {
        return LOCAL_HEADER + entry.getName().getBytes(StandardCharsets.UTF_8).length
                + entry.getLocalFileDataExtra().length;
    }

    /**
     * The place of the image's data if it follows an offset, after padding if that is necessary.
     */
    long place(long offset) {
        long unpadded = offset + localHeaderSize(stored);
        // If the space is too small for the padding's own header, the image moves to the next
        // place.
        return unpadded % alignment == 0
                ? unpadded
                : Math.ceilDiv(unpadded + localHeaderSize(padding), alignment) * alignment;
    }

    /** Writes the padding and the image. */
    void store(ZipFile source, ZipArchiveOutputStream target) throws IOException {
        long place = place(target.getBytesWritten());
        int space = (int) (place - localHeaderSize(stored) - target.getBytesWritten());
        if (space > 0) {
            byte[] zeros = new byte[space - localHeaderSize(padding)];
            padding.setSize(zeros.length);
            target.putArchiveEntry(padding);
            target.write(zeros);
            target.closeArchiveEntry();
        }
        byte[] data;
        try (InputStream content = source.getInputStream(packed)) {
            data = content.readAllBytes();
        }
        target.addRawArchiveEntry(stored, new ByteArrayInputStream(data));
        long start = target.getBytesWritten() - data.length;
        if (start != place) {
            throw new IllegalStateException(
                    "%s was stored at %d instead of %d".formatted(stored.getName(), start, place));
        }
    }
}
