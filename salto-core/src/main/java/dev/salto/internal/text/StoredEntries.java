// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where the bytes of uncompressed entries lie in a ZIP file, which the JDK's own classes for those do not tell. Records and fields are those of the
 * ZIP file format specification (APPNOTE) 6.3.10, whose sections are named.
 *
 * <p>What is found here is a claim; whoever maps it has to check the bytes.
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

    /** 4.4.1.4: the real value stands elsewhere, in the format's extension to large files. */
    private static final long ELSEWHERE = 0xffff_ffffL;

    private StoredEntries() {}

    /**
     * The offset of an entry's first byte in a ZIP file.
     *
     * @throws TextImageException if there is no such entry, or it is compressed, or the file is no ZIP file, or one larger than 4 GiB
     * @throws IOException if the file cannot be read
     */
    static long offset(Path zip, String entry) throws TextImageException, IOException {
        try (FileChannel file = FileChannel.open(zip, StandardOpenOption.READ)) {
            // The end of the file: at least the record, at most that with the longest comment.
            int tail = (int) Math.min(file.size(), END_SIZE + LONGEST_COMMENT);
            long tailOffset = file.size() - tail;
            ByteBuffer end = read(file, tailOffset, tail);
            int at = tail - END_SIZE;
            while (at >= 0 && !(end.getInt(at) == END_SIGNATURE
                    && at + END_SIZE + unsignedShort(end, at + END_COMMENT_LENGTH) == tail)) {
                at--;
            }
            if (at < 0) {
                throw new TextImageException(zip + " is no JAR: it has no central directory");
            }
            long directorySize = unsignedInt(end, at + END_DIRECTORY_SIZE);
            long directoryOffset = unsignedInt(end, at + END_DIRECTORY_OFFSET);
            if (directorySize == ELSEWHERE || directoryOffset == ELSEWHERE) {
                throw new TextImageException(zip + " is a JAR in the ZIP64 format, in which nothing is looked for");
            }
            // Offsets count from the first entry; something else, a script to start the program, say, may be in front of it.
            long base = tailOffset + at - directorySize - directoryOffset;
            ByteBuffer directory = read(file, base + directoryOffset, Math.toIntExact(directorySize));
            return dataOffset(file, zip, base, base + headerOffset(directory, zip, entry));
        } catch (EOFException | IndexOutOfBoundsException | ArithmeticException e) {
            throw new TextImageException(zip + " is a damaged JAR", e);
        }
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

    private static long dataOffset(FileChannel file, Path zip, long base, long headerOffset)
            throws TextImageException, IOException {
        ByteBuffer header = read(file, headerOffset, HEADER_SIZE);
        if (base < 0 || header.getInt(0) != HEADER_SIGNATURE) {
            throw new TextImageException(zip + " is a damaged JAR: an entry is not where its directory says");
        }
        return headerOffset + HEADER_SIZE + unsignedShort(header, HEADER_NAME_LENGTH)
                + unsignedShort(header, HEADER_EXTRA_LENGTH);
    }

    private static ByteBuffer read(FileChannel file, long offset, int size) throws IOException {
        if (offset < 0) {
            throw new EOFException();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    private static int unsignedShort(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    private static long unsignedInt(ByteBuffer bytes, int at) {
        return Integer.toUnsignedLong(bytes.getInt(at));
    }
}
