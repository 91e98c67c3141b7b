// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.OpenFile;
import dev.salto.internal.os.OsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Finds the bytes of uncompressed entries in a ZIP file, which the JDK's own classes cannot do.
 * Section names are those of the ZIP file format specification (APPNOTE) 6.3.10.
 *
 * <p>The result is a claim of the file. The caller has to check the mapped bytes.
 */
final class StoredEntries {
    // 4.3.16, end of central directory record
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int END_DIRECTORY_SIZE = 12;
    private static final int END_DIRECTORY_OFFSET = 16;
    private static final int END_COMMENT_LENGTH = 20;
    private static final int LONGEST_COMMENT = 0xffff;

    // 4.3.12, central directory header
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int ENTRY_SIZE = 46;
    private static final int ENTRY_METHOD = 10;
    private static final int ENTRY_NAME_LENGTH = 28;
    private static final int ENTRY_EXTRA_LENGTH = 30;
    private static final int ENTRY_COMMENT_LENGTH = 32;
    private static final int ENTRY_HEADER_OFFSET = 42;

    // 4.3.7, local file header
    private static final int HEADER_SIGNATURE = 0x04034b50;
    private static final int HEADER_SIZE = 30;
    private static final int HEADER_NAME_LENGTH = 26;
    private static final int HEADER_EXTRA_LENGTH = 28;

    /** 4.4.5 */
    private static final int STORED = 0;

    /** 4.4.1.4: the real value is elsewhere, in the format's extension to large files. */
    private static final long ELSEWHERE = 0xffff_ffffL;

    private StoredEntries() {}

    /**
     * The offset of an entry's first byte in a ZIP file.
     *
     * @param file the open file
     * @param zip its name, for messages
     * @throws TextImageException if there is no such entry, it is compressed, or the file is no ZIP
     *     file or larger than 4 GiB
     * @throws OsException if the file cannot be read
     */
    static long offset(OpenFile file, Path zip, String entry) throws TextImageException, OsException {
        try (Arena arena = Arena.ofConfined()) {
            // The end of the file: usually the record alone, at most the record with the longest
            // comment.
            long size = file.size();
            ByteBuffer end = tail(file, size, END_SIZE, arena);
            int at = endRecord(end);
            if (at < 0) {
                end = tail(file, size, END_SIZE + LONGEST_COMMENT, arena);
                at = endRecord(end);
            }
            if (at < 0) {
                throw new TextImageException(zip + " is no JAR: it has no central directory");
            }
            long tailOffset = size - end.limit();
            long directorySize = unsignedInt(end, at + END_DIRECTORY_SIZE);
            long directoryOffset = unsignedInt(end, at + END_DIRECTORY_OFFSET);
            if (directorySize == ELSEWHERE || directoryOffset == ELSEWHERE) {
                throw new TextImageException(zip + " is a JAR in the ZIP64 format, in which nothing is looked for");
            }
            // Offsets count from the first entry. Other data may come before it, for example a
            // script that starts the program.
            long base = tailOffset + at - directorySize - directoryOffset;
            ByteBuffer directory = read(file, base + directoryOffset, Math.toIntExact(directorySize), arena);
            return dataOffset(file, zip, base, base + headerOffset(directory, zip, entry), arena);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new TextImageException(zip + " is a damaged JAR", e);
        }
    }

    private static ByteBuffer tail(OpenFile file, long size, int length, Arena arena) throws OsException {
        int tail = (int) Math.min(size, length);
        return read(file, size - tail, tail, arena);
    }

    /** The beginning of the end record, if the bytes end with one; otherwise a negative number. */
    private static int endRecord(ByteBuffer end) {
        int at = end.limit() - END_SIZE;
        while (at >= 0 && !(end.getInt(at) == END_SIGNATURE
                && at + END_SIZE + unsignedShort(end, at + END_COMMENT_LENGTH) == end.limit())) {
            at--;
        }
        return at;
    }

    private static long headerOffset(ByteBuffer directory, Path zip, String entry) throws TextImageException {
        byte[] name = entry.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < directory.limit() && directory.getInt(at) == ENTRY_SIGNATURE) {
            int nameLength = unsignedShort(directory, at + ENTRY_NAME_LENGTH);
            if (nameLength == name.length
                    && directory.slice(at + ENTRY_SIZE, nameLength).equals(ByteBuffer.wrap(name))) {
                if (unsignedShort(directory, at + ENTRY_METHOD) != STORED) {
                    throw new TextImageException(
                            ("%s has %s compressed, so it cannot be mapped in place; a repackaging step did that, so keep the"
                                    + " JAR of Salto as it is").formatted(zip, entry));
                }
                return unsignedInt(directory, at + ENTRY_HEADER_OFFSET);
            }
            at += ENTRY_SIZE + nameLength + unsignedShort(directory, at + ENTRY_EXTRA_LENGTH)
                    + unsignedShort(directory, at + ENTRY_COMMENT_LENGTH);
        }
        throw new TextImageException("%s has no entry %s; a repackaging step dropped it".formatted(zip, entry));
    }

    private static long dataOffset(OpenFile file, Path zip, long base, long headerOffset, Arena arena)
            throws TextImageException, OsException {
        ByteBuffer header = read(file, headerOffset, HEADER_SIZE, arena);
        if (base < 0 || header.getInt(0) != HEADER_SIGNATURE) {
            throw new TextImageException(zip + " is a damaged JAR: an entry is not where its directory says");
        }
        return headerOffset + HEADER_SIZE + unsignedShort(header, HEADER_NAME_LENGTH)
                + unsignedShort(header, HEADER_EXTRA_LENGTH);
    }

    private static ByteBuffer read(OpenFile file, long offset, int size, Arena arena) throws OsException {
        MemorySegment bytes = arena.allocate(size);
        file.read(offset, bytes);
        return bytes.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int unsignedShort(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    private static long unsignedInt(ByteBuffer bytes, int at) {
        return Integer.toUnsignedLong(bytes.getInt(at));
    }
}
