// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.commons.compress.archivers.zip.UnparseableExtraFieldData;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipShort;

/** A text image as an entry of a JAR that is stored as it is, with its data at a multiple of an alignment. */
final class AlignedImage {
    /** The extra field that other tools for aligned archives know as padding, too. */
    private static final ZipShort PADDING = new ZipShort(0xd935);
    private static final int FIELD_HEADER = 2 * Short.BYTES;

    /** The sizes of an entry's headers without name and extra fields, and what the JDK allows with these. */
    private static final int LOCAL_HEADER = 30;
    private static final int CENTRAL_HEADER = 46;
    private static final int LARGEST_CENTRAL_HEADER = 0xffff;

    private final ZipArchiveEntry packed;
    private final ZipArchiveEntry stored;
    private final int alignment;

    private AlignedImage(ZipArchiveEntry packed, ZipArchiveEntry stored, int alignment) {
        this.packed = packed;
        this.stored = stored;
        this.alignment = alignment;
    }

    /**
     * Takes an image as it is packed, and its alignment from the index beside it.
     *
     * @throws IOException if the index is missing or names no alignment
     */
    static AlignedImage of(ZipArchiveEntry packed, ZipFile source) throws IOException {
        ZipArchiveEntry stored = new ZipArchiveEntry(packed);
        stored.setMethod(ZipArchiveEntry.STORED);
        stored.setCompressedSize(stored.getSize());
        if (stored.getExtraField(PADDING) != null) {
            stored.removeExtraField(PADDING);
        }
        return new AlignedImage(packed, stored, alignment(packed.getName(), source));
    }

    private static int alignment(String name, ZipFile source) throws IOException {
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
        return Integer.parseInt(alignment);
    }

    /** The number of bytes between the beginning of an entry and that of its data. */
    static int localHeaderSize(ZipArchiveEntry entry) {
        return LOCAL_HEADER + nameAndFieldsSize(entry);
    }

    private static int nameAndFieldsSize(ZipArchiveEntry entry) {
        return entry.getName().getBytes(StandardCharsets.UTF_8).length + entry.getLocalFileDataExtra().length;
    }

    /** The number of bytes to fill if this entry is what comes next after an offset. */
    int space(long offset) {
        return (int) Math.floorMod(-(offset + localHeaderSize(stored)), (long) alignment);
    }

    /** Whether this entry can be what comes next: whether its local header can hold the padding that is needed then. */
    boolean canFollow(long offset) {
        // The padding stands in the local header alone, but "jar --update" repeats it in the central directory.
        return CENTRAL_HEADER + nameAndFieldsSize(stored) + padding(offset) <= LARGEST_CENTRAL_HEADER;
    }

    /** Space of one to three bytes is too small for an extra field, so those images go one alignment further. */
    private int padding(long offset) {
        int space = space(offset);
        return space == 0 || space >= FIELD_HEADER ? space : space + alignment;
    }

    /**
     * Writes this entry, padding and data.
     *
     * @throws IOException if its local header cannot hold the padding that is needed at the target's end
     */
    void store(ZipFile source, ZipArchiveOutputStream target) throws IOException {
        long offset = target.getBytesWritten();
        if (!canFollow(offset)) {
            throw new IOException("%s would need padding of %d bytes, and there is no other entry to put in front of it"
                    .formatted(stored.getName(), padding(offset)));
        }
        ZipArchiveEntry entry = new ZipArchiveEntry(stored);
        pad(entry, padding(offset));
        byte[] data;
        try (InputStream content = source.getInputStream(packed)) {
            data = content.readAllBytes();
        }
        target.addRawArchiveEntry(entry, new ByteArrayInputStream(data));
        long start = target.getBytesWritten() - data.length;
        if (start % alignment != 0) {
            throw new IllegalStateException("%s was stored at %d, no multiple of %d"
                    .formatted(stored.getName(), start, alignment));
        }
    }

    /** Only what the library takes for unparseable is free to stand in the local header alone. */
    private static void pad(ZipArchiveEntry entry, int size) {
        if (size == 0) {
            return;
        }
        byte[] field = new byte[size];
        ByteBuffer.wrap(field)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) PADDING.getValue())
                .putShort((short) (size - FIELD_HEADER));
        var local = new UnparseableExtraFieldData();
        local.parseFromLocalFileData(field, 0, size);
        local.parseFromCentralDirectoryData(new byte[0], 0, 0);
        entry.addExtraField(local);
    }
}
