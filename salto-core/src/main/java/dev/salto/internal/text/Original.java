// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The image among the resources of this module. It is the source of copies, and mappings of other
 * sources are compared with it. It is as trustworthy as the classes beside it.
 */
final class Original {
    /**
     * The place of the machine in an ELF header: ELF-64 and ELF-32 Object File Format, "ELF
     * Header".
     */
    private static final int ELF_MACHINE = 18;

    private static final int ELF_MAGIC = 0x7f454c46; // 0x7f "ELF"

    // Microsoft's "PE Format", whose numbers have the lowest byte first
    private static final int PE_SIGNATURE = 0x3c;
    private static final int PE_MAGIC = 0x4550;
    private static final int PE_MACHINE = 4;

    private final TextIndex index;

    /** Null if it was not read yet, or is missing. */
    private byte @Nullable [] content;

    Original(TextIndex index) {
        this.index = index;
    }

    TextIndex index() {
        return index;
    }

    /** The file name of the image. */
    String name() {
        return index.image();
    }

    /** Returns its place, for people. */
    String place() {
        return String.valueOf(Original.class.getResource(name()));
    }

    /**
     * Returns its bytes.
     *
     * @throws TextImageException if it is missing, or damaged
     */
    MemorySegment content() throws TextImageException, IOException {
        byte[] bytes = read();
        if (bytes == null) {
            throw new TextImageException(name()
                    + " is missing beside its index; a repackaging step dropped it, so keep the resources of dev.salto whole");
        }
        return MemorySegment.ofArray(bytes);
    }

    private byte @Nullable [] read() throws TextImageException, IOException {
        if (content != null) {
            return content;
        }
        // Not by its URL: that would open the JAR again, perhaps a new one, and keep it open.
        try (InputStream resource = Original.class.getResourceAsStream(name())) {
            if (resource == null) {
                return null;
            }
            byte[] bytes = resource.readAllBytes();
            requireWhole(bytes);
            content = bytes;
            return bytes;
        }
    }

    /**
     * Finds damage. A digest would find no more, because its value would come from the same place.
     */
    private void requireWhole(byte[] bytes) throws TextImageException {
        requireSize(bytes.length);
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, index.imageSize());
        if (checksum.getValue() != index.crc32()) {
            throw new TextImageException(place() + ": " + complaint(ByteBuffer.wrap(bytes)));
        }
    }

    /**
     * Refuses a file that cannot hold the code.
     *
     * @param size the number of its bytes from the beginning of the image
     */
    void requireSize(long size) throws TextImageException {
        if (size < index.imageSize()) {
            throw new TextImageException(
                    "it has %s bytes, its code tables alone have %s; the file is damaged, so install Salto again"
                            .formatted(Math.max(size, 0), index.imageSize()));
        }
    }

    /**
     * Compares the code with this image or, if that was dropped, with its digest.
     *
     * @return the fault and its remedy; null if there is none
     */
    @Nullable
    String complaintAbout(MemorySegment code) throws TextImageException, IOException {
        byte[] bytes = read();
        boolean isSame = bytes != null
                ? code.mismatch(MemorySegment.ofArray(bytes).asSlice(0, code.byteSize())) < 0
                : sha256(code.asByteBuffer()).equals(index.sha256());
        return isSame ? null : complaint(code.asByteBuffer());
    }

    private String complaint(ByteBuffer bytes) {
        boolean isPe = index.image().endsWith(".dll");
        OptionalInt machine = isPe ? machineOfPe(bytes) : machineOfElf(bytes);
        if (machine.isEmpty()) {
            return "it is no text image, not even %s file: install Salto again, or name another file"
                    .formatted(isPe ? "a PE" : "an ELF");
        }
        if (machine.getAsInt() != index.machine()) {
            return "it is for another architecture: its header says machine %s, that of %s is %s; take the image %s"
                    .formatted(machine.getAsInt(), index.architecture(), index.machine(), name());
        }
        return "it is not the text image that this version of Salto was built with; the file is damaged or of another version,"
                + " so install the one that came with these classes";
    }

    private static OptionalInt machineOfElf(ByteBuffer bytes) {
        return bytes.order(ByteOrder.BIG_ENDIAN).getInt(0) == ELF_MAGIC
                ? OptionalInt.of(bytes.order(ByteOrder.nativeOrder()).getShort(ELF_MACHINE))
                : OptionalInt.empty();
    }

    private static OptionalInt machineOfPe(ByteBuffer bytes) {
        int signature = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(PE_SIGNATURE);
        boolean isPe = signature >= 0 && signature < bytes.limit() - Long.BYTES && bytes.getInt(signature) == PE_MAGIC;
        return isPe ? OptionalInt.of(bytes.getShort(signature + PE_MACHINE)) : OptionalInt.empty();
    }

    private static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
