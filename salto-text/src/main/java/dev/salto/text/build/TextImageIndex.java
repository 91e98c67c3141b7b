// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * The index of a text image for Java, read from the finished image. It has the numbers of the
 * layout, the places of the entries, and a checksum and a digest of the mapped bytes. Reading also
 * checks the rules for text images. If an image breaks a rule, the build fails.
 */
final class TextImageIndex {
    /**
     * The property with the alignment of the image in the file from which it is mapped, in bytes.
     */
    static final String ALIGNMENT = "alignment";

    private static final String LAYOUT = "salto_layout_";
    private static final String ENTRY = "salto_entry_";

    /** The prefixes of entries' properties, by unit. There is one unit for each code table. */
    private static final List<String> UNITS = List.of("entry.", "index_entry.");

    // The ELF machines whose jumps have to be read, and `jal` (RISC-V Unprivileged ISA, 2.5.1) and
    // `b` (Arm A-profile, A1)
    private static final int MACHINE_ARM = 40;
    private static final int MACHINE_RISCV = 243;
    private static final int RISCV_OPCODES = 0x7f;
    private static final int RISCV_JAL = 0x6f;
    private static final int ARM_B = 0xea;

    private final SortedMap<String, String> properties = new TreeMap<>();
    private final byte[] file;
    private final ImageFile image;

    private TextImageIndex(byte[] file, ImageFile image) {
        this.file = file;
        this.image = image;
    }

    /**
     * Checks an image and reads its index.
     *
     * @param architecture the name of the architecture, as in the name of its {@code .S} file
     * @param file the bytes of the shared object
     * @return the index as sorted properties
     * @throws IllegalStateException if the image breaks a rule; the message says which
     */
    static SortedMap<String, String> read(String architecture, byte[] file) {
        ImageFile image = ImageFormat.of(architecture) == ImageFormat.ELF ? new ElfImage(file) : new PeImage(file);
        TextImageIndex index = new TextImageIndex(file, image);
        index.properties.put("architecture", architecture);
        index.properties.put("machine", Short.toString(image.machine()));
        index.readSymbols();
        index.properties.put(ALIGNMENT, Long.toString(image.check(index::layout)));
        index.checkTrampolines();
        index.checkTrampolinesByIndex();
        byte[] code = Arrays.copyOf(file, index.layout("index_offset") + index.layout("index_code_size"));
        index.properties.put("crc32", Long.toString(crc32(code)));
        index.properties.put("sha256", HexFormat.of().formatHex(sha256(code)));
        return index.properties;
    }

    private void readSymbols() {
        image.symbols().forEach((name, value) -> {
            if (name.startsWith(LAYOUT)) {
                properties.put("layout." + name.substring(LAYOUT.length()), Long.toString(value));
            }
        });
        image.symbols().forEach((name, value) -> {
            if (name.startsWith(ENTRY)) {
                readEntry(name.substring(ENTRY.length()), value);
            }
        });
    }

    /**
     * Each unit is mapped by itself, or at a distance of its own, so the index has an entry's
     * distance from its beginning.
     */
    private void readEntry(String name, long offset) {
        int unit = offset < layout("index_offset") ? 0 : 1;
        properties.put(UNITS.get(unit) + name, Long.toString(offset - (long) unit * layout("index_offset")));
    }

    private int layout(String name) {
        String value = properties.get("layout." + name);
        require(value != null, "has no symbol " + LAYOUT + name);
        return Integer.parseInt(value);
    }

    /**
     * Trampolines differ only in four-byte words with the way to the parameter block. It grows
     * evenly, in a line and from one line to the next.
     */
    private void checkTrampolines() {
        int first = layout("trampoline_offset");
        int lineSize = layout("line_size");
        int inLine = layout("trampolines_in_line");
        int lines = layout("trampoline_count") / inLine;
        require(first + lineSize * lines <= layout("code_size"), "has trampolines beyond the end of the code table");
        checkGrowth(first, layout("trampoline_size"), inLine, layout("block_size"));
        checkGrowth(first, lineSize, lines, inLine * layout("block_size"));
    }

    private void checkGrowth(int first, int size, int count, int blockSize) {
        // A way relative to the trampoline, no way at all if blocks are as far apart as
        // trampolines, or the way to an entry.
        int block = blockSize - size;
        int offset = 0;
        while (offset < size) {
            int bytes = isSameInAll(first + offset, size, count) ? 1 : Integer.BYTES;
            require(bytes == 1 || growsInAll(first + offset, size, count, block)
                    || growsInAll(first + offset, size, count, -size),
                    "has trampolines that differ in more than the way to their parameter block");
            offset += bytes;
        }
    }

    private boolean isSameInAll(int start, int size, int count) {
        return IntStream.range(1, count).allMatch(i -> file[start + i * size] == file[start]);
    }

    private boolean growsInAll(int start, int size, int count, int growth) {
        ByteBuffer code = ByteBuffer.wrap(file)
                .order(image.order());
        return IntStream.range(1, count)
                .allMatch(i -> code.getInt(start + i * size) == code.getInt(start) + i * growth);
    }

    /**
     * Trampolines by index differ only in numbers that grow evenly: the index, and the way to the
     * header or to code beside it.
     */
    private void checkTrampolinesByIndex() {
        int start = layout("index_offset") + layout("index_trampoline_offset");
        int size = layout("index_trampoline_size");
        int count = layout("index_trampoline_count");
        require(size % Integer.BYTES == 0 && start + size * count <= layout("index_offset") + layout("index_entries"),
                "has trampolines by index where its entries are, or at odd addresses");
        byte[] code = Arrays.copyOfRange(file, start, start + size * count);
        readJumps(code);
        int offset = 0;
        while (offset < size) {
            if (growsEvenly(code, offset, size, Byte.BYTES, true)) {
                offset++;
            } else if (growsEvenly(code, offset, size, Integer.BYTES, false)) {
                offset += Integer.BYTES;
            } else {
                require(growsEvenly(code, offset, size, Short.BYTES, false),
                        "has trampolines by index that differ in more than even steps");
                offset += Short.BYTES;
            }
        }
    }

    private boolean growsEvenly(byte[] code, int offset, int size, int width, boolean isConstant) {
        if (offset + width > size) {
            return false;
        }
        int step = isConstant ? 0 : read(code, offset + size, width) - read(code, offset, width);
        return IntStream.range(1, code.length / size).allMatch(i -> {
            int expected = read(code, offset + (i - 1) * size, width) + step;
            int unused = Integer.SIZE - Byte.SIZE * width;
            return (expected ^ read(code, offset + i * size, width)) << unused == 0;
        });
    }

    private int read(byte[] code, int offset, int width) {
        ByteBuffer bytes = ByteBuffer.wrap(code)
                .order(image.order());
        return switch (width) {
            case Byte.BYTES -> bytes.get(offset);
            case Short.BYTES -> bytes.getShort(offset);
            default -> bytes.getInt(offset);
        };
    }

    /**
     * Replaces a jump by its distance, if that is only a part of the instruction, or its bits are
     * out of order.
     */
    private void readJumps(byte[] code) {
        ByteBuffer words = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        for (int offset = 0; offset < code.length; offset += Integer.BYTES) {
            int word = words.getInt(offset);
            if (image.machine() == MACHINE_RISCV && (word & RISCV_OPCODES) == RISCV_JAL) {
                words.putInt(offset, (word >> 31) << 20 | (word >>> 12 & 0xff) << 12 | (word >>> 20 & 1) << 11
                        | (word >>> 21 & 0x3ff) << 1);
            } else if (image.machine() == MACHINE_ARM && word >>> 24 == ARM_B) {
                words.putInt(offset, word << 8 >> 8);
            }
        }
    }

    static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalStateException("the text image " + complaint);
        }
    }

    private static long crc32(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return checksum.getValue();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
