// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import static dev.salto.text.build.TextImageIndex.require;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;

/** A text image for Linux. */
final class ElfImage implements ImageFile {
    /** The number of units of code, each a segment. */
    private static final int UNITS = 2;

    private final ElfFile elf;

    ElfImage(byte[] file) {
        this.elf = ElfFile.from(file);
    }

    @Override
    public short machine() {
        return elf.e_machine;
    }

    @Override
    public ByteOrder order() {
        return elf.ei_data == ElfFile.DATA_LSB ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    @Override
    public Map<String, Long> symbols() {
        Map<String, Long> symbols = new LinkedHashMap<>();
        for (ElfSymbol symbol : elf.getSymbolTableSection().symbols) {
            String name = symbol.getName();
            if (name != null) {
                symbols.put(name, symbol.getType() == ElfSymbol.STT_FUNC ? offset(name, symbol) : symbol.st_value);
            }
        }
        return symbols;
    }

    private long offset(String name, ElfSymbol symbol) {
        for (int i = 0; i < elf.e_phnum; i++) {
            ElfSegment segment = elf.getProgramHeader(i);
            long distance = symbol.st_value - segment.p_vaddr;
            if (segment.p_type == ElfSegment.PT_LOAD && distance >= 0 && distance < segment.p_filesz) {
                return segment.p_offset + distance;
            }
        }
        throw new IllegalStateException("the text image has an entry in no unit: " + name);
    }

    @Override
    public long check(ToIntFunction<String> layout) {
        long alignment = checkSegments(layout);
        checkSections();
        return alignment;
    }

    private long checkSegments(ToIntFunction<String> layout) {
        long alignment = 0;
        int loads = 0;
        boolean stack = false;
        for (int i = 0; i < elf.e_phnum; i++) {
            ElfSegment segment = elf.getProgramHeader(i);
            require(!(segment.isWriteable() && segment.isExecutable()), "has a segment both writable and executable");
            if (segment.p_type == ElfSegment.PT_LOAD) {
                require(segment.isReadable() && segment.isExecutable() && !segment.isWriteable(),
                        "has a segment that is not read+execute");
                int size = layout.applyAsInt(loads == 0 ? "code_size" : "index_code_size");
                require(segment.p_offset == (long) loads * layout.applyAsInt("index_offset") && segment.p_filesz == size
                        && segment.p_memsz == size, "does not consist of whole units");
                // Behind the first unit in memory there is as much room for what belongs to its
                // table.
                require(segment.p_vaddr == 2L * loads * layout.applyAsInt("code_size"),
                        "has units at the wrong addresses");
                require(Long.bitCount(segment.p_align) == 1 && segment.p_filesz % segment.p_align == 0,
                        "is not a whole number of the largest pages that it is made for");
                require(loads == 0 || segment.p_align == alignment, "has units that are made for different pages");
                alignment = segment.p_align;
                loads++;
            }
            stack |= segment.p_type == 0x6474e551 && !segment.isExecutable(); // PT_GNU_STACK
        }
        require(loads == UNITS, "has " + loads + " segments to load instead of " + UNITS);
        require(layout.applyAsInt("index_offset") == layout.applyAsInt("code_size"), "has its code by index elsewhere");
        require(stack, "does not say that the stack is not executable");
        return alignment;
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
}
