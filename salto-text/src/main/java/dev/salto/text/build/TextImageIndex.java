// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/**
 * What Java has to know about a text image, read out of the finished image: the numbers of its layout, where its entries are,
 * and the digest of the bytes that will be mapped. Reading also checks what a text image promises; an image that breaks a
 * promise gets no index, and the build fails.
 */
final class TextImageIndex {
    /** The property that says which multiple of bytes the image has to begin at in the file from which it is mapped. */
    static final String ALIGNMENT = "alignment";

    private static final String LAYOUT = "salto_layout_";
    private static final String ENTRY = "salto_entry_";

    private final SortedMap<String, String> properties = new TreeMap<>();
    private final byte[] file;
    private final ElfFile elf;

    private TextImageIndex(byte[] file) {
        this.file = file;
        this.elf = ElfFile.from(file);
    }

    /**
     * Checks an image and reads its index.
     *
     * @param architecture the name of the architecture, as in the name of its {@code .S} file
     * @param file the bytes of the ELF shared object
     * @return the index as sorted properties
     * @throws IllegalStateException if the image breaks a promise; the message says which
     */
    static SortedMap<String, String> read(String architecture, byte[] file) {
        TextImageIndex index = new TextImageIndex(file);
        index.properties.put("architecture", architecture);
        index.properties.put("machine", Short.toString(index.elf.e_machine));
        index.readSymbols();
        index.checkSegments();
        index.checkSections();
        index.checkTrampolines();
        index.properties.put("sha256", HexFormat.of().formatHex(sha256(Arrays.copyOf(file, index.layout(
                "code_size")))));
        return index.properties;
    }

    private void readSymbols() {
        ElfSymbolTableSection table = elf.getSymbolTableSection();
        for (ElfSymbol symbol : table.symbols) {
            String name = symbol.getName();
            if (name == null) {
                continue;
            }
            if (name.startsWith(LAYOUT)) {
                properties.put("layout." + name.substring(LAYOUT.length()), Long.toString(symbol.st_value));
            } else if (name.startsWith(ENTRY)) {
                properties.put("entry." + name.substring(ENTRY.length()), Long.toString(symbol.st_value));
            }
        }
    }

    private int layout(String name) {
        String value = properties.get("layout." + name);
        require(value != null, "has no symbol " + LAYOUT + name);
        return Integer.parseInt(value);
    }

    private void checkSegments() {
        int loads = 0;
        boolean stack = false;
        for (int i = 0; i < elf.e_phnum; i++) {
            ElfSegment segment = elf.getProgramHeader(i);
            require(!(segment.isWriteable() && segment.isExecutable()), "has a segment both writable and executable");
            if (segment.p_type == ElfSegment.PT_LOAD) {
                loads++;
                require(segment.isReadable() && segment.isExecutable() && !segment.isWriteable(),
                        "has a segment that is not read+execute");
                require(segment.p_offset == 0 && segment.p_vaddr == 0 && segment.p_filesz == layout("code_size")
                        && segment.p_memsz == segment.p_filesz, "is not one unit of code_size bytes");
                require(Long.bitCount(segment.p_align) == 1 && segment.p_filesz % segment.p_align == 0,
                        "is not a whole number of the largest pages that it is made for");
                properties.put(ALIGNMENT, Long.toString(segment.p_align));
            }
            stack |= segment.p_type == 0x6474e551 && !segment.isExecutable(); // PT_GNU_STACK
        }
        require(loads == 1, "has " + loads + " segments to load instead of one");
        require(stack, "does not say that the stack is not executable");
    }

    private void checkSections() {
        for (int i = 0; i < elf.e_shnum; i++) {
            ElfSection section = elf.getSection(i);
            int type = section.header.sh_type;
            require(type != ElfSectionHeader.SHT_RELA && type != ElfSectionHeader.SHT_REL,
                    "needs relocations: " + section.header.getName());
        }
        require(elf.getDynamicSection().getNeededLibraries().isEmpty(), "needs other libraries");
        require(elf.firstSectionByName(".note.gnu.build-id") != null, "has no build-id");
        require(elf.firstSectionByName(".eh_frame") != null, "has no unwind information");
    }

    /** Every trampoline is the same but for four-byte words in which the way to its parameter block grows evenly, in a line and from one line to the next. */
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
        // A way from where the trampoline is; or no way at all, where blocks are as far apart as trampolines; or the way to an entry.
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
                .order(elf.ei_data == ElfFile.DATA_LSB ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        return IntStream.range(1, count)
                .allMatch(i -> code.getInt(start + i * size) == code.getInt(start) + i * growth);
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalStateException("the text image " + complaint);
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
