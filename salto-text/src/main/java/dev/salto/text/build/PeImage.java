// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import static dev.salto.text.build.TextImageIndex.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A text image for Windows. The names of fields are those of Microsoft's "PE Format".
 */
final class PeImage implements ImageFile {
    private static final int PAGE = 0x1000;

    // "MS-DOS Stub", "Signature", "COFF File Header"
    private static final int DOS_MAGIC = 0x5a4d;
    private static final int PLACE_OF_SIGNATURE = 0x3c;
    private static final int SIGNATURE = 0x4550;
    private static final int COFF_HEADER_SIZE = 20;
    private static final int RELOCS_STRIPPED = 1;

    // "Optional Header", with 64-bit addresses
    private static final int PE32_PLUS = 0x20b;
    private static final int OPTIONAL_DLL_CHARACTERISTICS = 70;
    private static final int DYNAMIC_BASE = 0x40;
    private static final int NX_COMPAT = 0x100;
    private static final int OPTIONAL_DIRECTORIES = 112;
    private static final int DIRECTORIES = 16;
    private static final int DIRECTORY_SIZE = 8;
    private static final int EXCEPTION_TABLE = 3;

    // "Section Table"
    private static final int SECTION_HEADER_SIZE = 40;
    private static final int NAME_SIZE = 8;
    private static final int CONTAINS_CODE = 0x20;
    private static final int UNINITIALIZED = 0x80;
    private static final int EXECUTE = 0x20000000;
    private static final int READ = 0x40000000;
    private static final int WRITE = 0x80000000;

    // "COFF Symbol Table"
    private static final int SYMBOL_SIZE = 18;
    private static final int ABSOLUTE = -1;

    // "The .pdata Section", x64
    private static final int FUNCTION_SIZE = 12;

    private final ByteBuffer bytes;
    private final int header;
    private final List<Section> sections = new ArrayList<>();

    private record Section(String name, int virtualSize, int address, int size, int offset, int rights) {}

    PeImage(byte[] file) {
        bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int signature = bytes.getShort(0) == DOS_MAGIC ? bytes.getInt(PLACE_OF_SIGNATURE) : 0;
        require(signature > 0 && bytes.getInt(signature) == SIGNATURE, "is no PE file");
        header = signature + Integer.BYTES;
        int table = optional() + bytes.getShort(header + 16);
        for (int i = 0; i < bytes.getShort(header + 2); i++) {
            int at = table + i * SECTION_HEADER_SIZE;
            sections.add(new Section(text(at, NAME_SIZE), bytes.getInt(at + 8), bytes.getInt(at + 12),
                    bytes.getInt(at + 16), bytes.getInt(at + 20), bytes.getInt(at + 36)));
        }
    }

    private int optional() {
        return header + COFF_HEADER_SIZE;
    }

    private String text(int at, int most) {
        int length = 0;
        while (length < most && bytes.get(at + length) != 0) {
            length++;
        }
        return new String(bytes.array(), at, length, StandardCharsets.US_ASCII);
    }

    @Override
    public short machine() {
        return bytes.getShort(header);
    }

    @Override
    public ByteOrder order() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public Map<String, Long> symbols() {
        Map<String, Long> symbols = new LinkedHashMap<>();
        int table = bytes.getInt(header + 8);
        int count = bytes.getInt(header + 12);
        int strings = table + count * SYMBOL_SIZE;
        for (int i = 0; i < count; i++) {
            int at = table + i * SYMBOL_SIZE;
            String name = bytes.getInt(at) == 0
                    ? text(strings + bytes.getInt(at + 4), Integer.MAX_VALUE)
                    : text(at, NAME_SIZE);
            int value = bytes.getInt(at + 8);
            int section = bytes.getShort(at + 12);
            symbols.put(name,
                    section == ABSOLUTE ? value : Integer.toUnsignedLong(sections.get(section - 1).address() + value));
            i += bytes.get(at + 17); // auxiliary records
        }
        return symbols;
    }

    @Override
    public long check(ToIntFunction<String> layout) {
        require(bytes.getShort(optional()) == PE32_PLUS, "is no 64-bit PE file");
        require((bytes.getShort(header + 18) & RELOCS_STRIPPED) == 0, "can be loaded at one address only");
        int flags = bytes.getShort(optional() + OPTIONAL_DLL_CHARACTERISTICS);
        require((flags & (DYNAMIC_BASE | NX_COMPAT)) == (DYNAMIC_BASE | NX_COMPAT),
                "does not say that it can be loaded anywhere, without executable data");
        for (int i = 0; i < DIRECTORIES; i++) {
            require(i == EXCEPTION_TABLE || directory(i, 0) == 0,
                    "has imports, exports, relocations or other directory "
                            + i);
        }
        checkSections(layout);
        checkUnwindInformation(layout);
        return PAGE;
    }

    private int directory(int number, int place) {
        return bytes.getInt(optional() + OPTIONAL_DIRECTORIES + number * DIRECTORY_SIZE + place);
    }

    private void checkSections(ToIntFunction<String> layout) {
        require(sections.size() == 2, "has " + sections.size() + " sections instead of code and data");
        Section code = sections.getFirst();
        int size = layout.applyAsInt("index_offset") + layout.applyAsInt("index_code_size");
        require(code.rights() == (EXECUTE | READ | CONTAINS_CODE), "has a section that is not read+execute");
        require(code.address() == PAGE && code.offset() == PAGE && code.size() == size - PAGE
                && code.virtualSize() <= code.size(),
                "does not consist of whole units, with offsets that are addresses");
        require(layout.applyAsInt("index_offset") == layout.applyAsInt("code_size"), "has its code by index elsewhere");

        Section data = sections.getLast();
        int blocks = layout.applyAsInt("trampoline_count") * layout.applyAsInt("block_size");
        require(data.rights() == (READ | WRITE | UNINITIALIZED), "has a section that is not read+write");
        require(data.address() == size && data.size() == 0
                && data.virtualSize() == layout.applyAsInt("parameters_offset") + blocks - size,
                "has its data elsewhere, or in the file");
    }

    /** "x64 exception handling": functions that change the stack pointer have this information. */
    private void checkUnwindInformation(ToIntFunction<String> layout) {
        int table = directory(EXCEPTION_TABLE, 0);
        int count = directory(EXCEPTION_TABLE, Integer.BYTES) / FUNCTION_SIZE;
        List<Long> known = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            known.add(Integer.toUnsignedLong(bytes.getInt(table + i * FUNCTION_SIZE)));
        }
        require(table + count * FUNCTION_SIZE <= layout.applyAsInt("index_offset")
                + layout.applyAsInt("index_code_size"), "has unwind information outside of its code");
        symbols().forEach((name, offset) -> {
            if (name.startsWith("salto_entry_")) {
                require(known.contains(offset) == changesStackPointer(offset.intValue()),
                        "has no unwind information for " + name + ", or too much");
            }
        });
    }

    /** Such entries begin with {@code push %rbp}. */
    private boolean changesStackPointer(int offset) {
        return bytes.get(offset) == 0x55;
    }
}
