// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfNoteSection;
import net.fornwall.jelf.ElfSymbol;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The text image that the build made, and the build step itself. */
final class NativeCodeBuildTest {
    private static final Path TARGET = Path.of("target");
    private static final String IMAGE_IN_TEXT = "text/dev/salto/internal/text/libsalto-x86_64.so";
    private static final Path IMAGE = TARGET.resolve(IMAGE_IN_TEXT);

    /** The results of a separate build. */
    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    static void build() throws IOException {
        assertThat(runBuild()).isZero();
    }

    /**
     * An architecture, and the instruction that every indirect branch has to land on; empty if it
     * has none.
     *
     * @param landingPad in hexadecimal, in the order of the bytes
     */
    record Architecture(String name, String landingPad) {
        private static final List<Architecture> WITH_LANDING_PADS = List.of(
                new Architecture("x86_64", "f30f1efa"), // endbr64
                new Architecture("i386", "f30f1efb"), // endbr32
                new Architecture("aarch64", "5f2403d5")); // bti c

        /** Of 16 or 64 KiB. */
        boolean hasLargePages() {
            return List.of("aarch64", "loongarch64", "ppc64le").contains(name);
        }

        static List<Architecture> all() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("src/main/asm"))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".S"))
                        .map(file -> of(file.substring(0, file.length() - 2)))
                        .toList();
            }
        }

        private static Architecture of(String name) {
            return WITH_LANDING_PADS.stream()
                    .filter(known -> known.name.equals(name))
                    .findFirst()
                    .orElse(new Architecture(name, ""));
        }

        Path image() {
            return TARGET.resolve("text/dev/salto/internal/text/libsalto-" + name + suffix());
        }

        String suffix() {
            return ImageFormat.of(name).suffix();
        }

        Map<String, String> index() throws IOException {
            return TextImageIndex.read(name, Files.readAllBytes(image()));
        }

        /** The names of a unit's entries, in order. */
        List<String> entries(String prefix) throws IOException {
            return namesBehind(prefix, List.copyOf(index().keySet()));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Architecture> architectures() throws IOException {
        return Architecture.all();
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void theImageKeepsItsPromisesAndTheIndexSaysWhereEverythingIs(Architecture architecture) throws IOException {
        Map<String, String> index = architecture.index();

        assertThat(index)
                .containsEntry("architecture", architecture.name())
                .containsEntry("alignment", architecture.hasLargePages() ? "65536" : "4096")
                .containsEntry("layout.code_size", "65536")
                .containsKeys("layout.trampoline_size", "layout.block_size", "entry.bind_stack", "entry.dead",
                        "index_entry.append_stack", "index_entry.generic");
        assertThat(index.get("sha256")).hasSize(64);
        assertThat(Integer.parseInt(index.get("layout.trampoline_count"))).isGreaterThan(2_500);
        assertThat(Integer.parseInt(index.get("layout.index_trampoline_count"))).isBetween(3_500, 8_192);
        assertThat(Integer.parseInt(index.get("layout.index_trampoline_size"))).isBetween(4, 20);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void eachUnitHasTheEntriesThatItsTrampolinesNeed(Architecture architecture) throws IOException {
        List<String> withBlocks = architecture.entries("entry.");
        List<String> byIndex = architecture.entries("index_entry.");

        assertThat(withBlocks).allMatch(name -> name.matches("(bind_|dead|record|last_error_offset).*"));
        assertThat(byIndex).allMatch(name -> name.matches("(append_|generic|exit_|at_exit).*"));
        assertThat(namesBehind("append_", byIndex)).isNotEmpty()
                .containsExactlyElementsOf(namesBehind("bind_", withBlocks));
    }

    private static List<String> namesBehind(String prefix, List<String> names) {
        return names.stream().filter(name -> name.startsWith(prefix)).map(name -> name.substring(prefix.length()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void everyEntryAndTrampolineBeginsWithALandingPadWhereThereAreSome(Architecture architecture) throws IOException {
        byte[] file = Files.readAllBytes(architecture.image());
        Map<String, String> index = architecture.index();
        byte[] landingPad = HexFormat.of().parseHex(architecture.landingPad());

        int byIndex = Integer.parseInt(index.get("layout.index_offset"));
        index.forEach((key, value) -> {
            if (key.startsWith("entry.")) {
                assertThat(file).as(key).satisfies(hasAt(Integer.parseInt(value), landingPad));
            } else if (key.startsWith("index_entry.")) {
                assertThat(file).as(key).satisfies(hasAt(byIndex + Integer.parseInt(value), landingPad));
            }
        });
        int sizeByIndex = Integer.parseInt(index.get("layout.index_trampoline_size"));
        for (int i = 0; i < Integer.parseInt(index.get("layout.index_trampoline_count")); i++) {
            assertThat(file).satisfies(hasAt(byIndex + i * sizeByIndex, landingPad));
        }
        int first = Integer.parseInt(index.get("layout.trampoline_offset"));
        int size = Integer.parseInt(index.get("layout.trampoline_size"));
        int inLine = Integer.parseInt(index.get("layout.trampolines_in_line"));
        int lineSize = Integer.parseInt(index.get("layout.line_size"));
        for (int i = 0; i < Integer.parseInt(index.get("layout.trampoline_count")); i++) {
            assertThat(file).satisfies(hasAt(first + i / inLine * lineSize + i % inLine * size, landingPad));
        }
    }

    /** Calls of code in two cache lines take longer there. */
    @Test
    void noTrampolineForX64LiesInTwoCacheLines() throws IOException {
        Map<String, String> index = Architecture.of("x86_64").index();

        assertThat(Integer.parseInt(index.get("layout.trampoline_offset")) % 64).isZero();
        assertThat(index).containsEntry("layout.line_size", "64");
        assertThat(Integer.parseInt(index.get("layout.trampolines_in_line"))
                * Integer.parseInt(index.get("layout.trampoline_size"))).isLessThanOrEqualTo(64);
    }

    private static ThrowingConsumer<byte[]> hasAt(int offset, byte[] expected) {
        return file -> assertThat(Arrays.copyOfRange(file, offset, offset + expected.length)).isEqualTo(expected);
    }

    static List<Architecture> architecturesOfLinux() throws IOException {
        return Architecture.all().stream().filter(a -> ImageFormat.of(a.name()) == ImageFormat.ELF).toList();
    }

    @ParameterizedTest
    @MethodSource("architecturesOfLinux")
    void debuggersFindTheEntriesByName(Architecture architecture) throws IOException {
        ElfFile elf = ElfFile.from(Files.readAllBytes(architecture.image()));

        for (String name : List.of("salto_entry_append_stack", "salto_entry_bind_stack")) {
            ElfSymbol symbol = elf.getELFSymbol(name);
            assertThat(symbol.getType()).isEqualTo(ElfSymbol.STT_FUNC);
            assertThat(symbol.st_size).isPositive();
        }
        assertThat(elf.getELFSymbol("salto_trampolines").st_size).isGreaterThan(0xe000);
        assertThat(elf.getELFSymbol("salto_index_trampolines").st_size).isGreaterThan(0x7000);
    }

    @Test
    void theNotesPromiseIndirectBranchTrackingAndIdentifyTheBuild() throws IOException {
        ElfFile elf = ElfFile.from(Files.readAllBytes(IMAGE));
        ByteBuffer property = ByteBuffer
                .wrap(((ElfNoteSection) elf.firstSectionByName(".note.gnu.property")).descriptorBytes())
                .order(ByteOrder.LITTLE_ENDIAN);

        assertThat(property.getInt(0)).as("GNU_PROPERTY_X86_FEATURE_1_AND").isEqualTo(0xc0000002);
        assertThat(property.getInt(8)).as("IBT and SHSTK").isEqualTo(3);
        assertThat(((ElfNoteSection) elf.firstSectionByName(".note.gnu.build-id")).descriptorBytes()).hasSize(20);
    }

    @Test
    void theNoteOfAarch64PromisesBranchTargetIdentification() throws IOException {
        ElfFile elf = ElfFile.from(Files.readAllBytes(new Architecture("aarch64", "").image()));
        ByteBuffer property = ByteBuffer
                .wrap(((ElfNoteSection) elf.firstSectionByName(".note.gnu.property")).descriptorBytes())
                .order(ByteOrder.LITTLE_ENDIAN);

        assertThat(property.getInt(0)).as("GNU_PROPERTY_AARCH64_FEATURE_1_AND").isEqualTo(0xc0000000);
        assertThat(property.getInt(8)).as("BTI").isEqualTo(1);
    }

    @Test
    void anotherBuildGivesTheSameBytes() throws IOException {
        for (Architecture architecture : architectures()) {
            assertThat(Files.mismatch(architecture.image(), folder.resolve(TARGET.relativize(architecture.image()))))
                    .as("%s", architecture).isEqualTo(-1);
            for (String end : List.of("", "-libffi", "-signatures-O0", "-signatures-O2", "-extended-O0", "-extended-O2",
                    "-structs-O0", "-structs-O2", "-arm-conventions-O0", "-arm-conventions-O2", "-conventions-O0",
                    "-conventions-O2")) {
                Path library = Path.of("classes/dev/salto/text/callers", architecture + end + architecture.suffix());
                assertThat(Files.mismatch(TARGET.resolve(library), folder.resolve(library))).as("%s", library)
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void nothingIsBuiltAgainThatIsUpToDate() throws IOException {
        Path image = folder.resolve(IMAGE_IN_TEXT);
        byte[] built = Files.readAllBytes(image);
        try {
            Files.writeString(image, "left alone");
            assertThat(runBuild()).isZero();

            assertThat(image).hasContent("left alone");
        } finally {
            Files.write(image, built);
        }
    }

    private static String llvmJar() throws IOException {
        Properties build = new Properties();
        try (InputStream resource = NativeCodeBuildTest.class.getResourceAsStream("build.properties")) {
            build.load(Objects.requireNonNull(resource, "build.properties"));
        }
        return build.getProperty("llvm");
    }

    private static int runBuild() throws IOException {
        return new CommandLine(new NativeCodeBuild()).execute("--llvm=" + llvmJar(), "--sources=src/main",
                "--text=" + folder.resolve("text"), "--callers=" + folder.resolve("classes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc", "x86_64-apple-macos", "arm64-apple-macos"})
    void theCallersCanBeBuiltForOtherSystemsWithoutALibrary(String target) throws IOException {
        Llvm llvm = Llvm.unpack(Path.of(llvmJar()), NativeCodeBuild.userCache());
        Path sources = Path.of("src/main/callers");
        String object = folder.resolve("callers.o").toAbsolutePath().toString();

        llvm.run(sources, "clang", List.of("--target=" + target, "-O1", "-c", "callers.c", "-o", object));

        // A linker for macOS is not among the tools.
        if (target.contains("windows")) {
            llvm.run(sources, "ld.lld", List.of("-flavor", "link", "/dll", "/noentry", "/nodefaultlib", object,
                    "/out:" + folder.resolve("callers.dll").toAbsolutePath()));
        }
    }

    @Test
    void aSharedObjectThatIsNoTextImageGetsNoIndex() throws IOException {
        byte[] callers = Files.readAllBytes(TARGET.resolve("classes/dev/salto/text/callers/x86_64.so"));

        assertThatThrownBy(() -> TextImageIndex.read("x86_64", callers))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the text image has a segment that is not read+execute");
    }

    @Test
    void anAlignmentThatIsNoPageSizeIsFound() throws IOException {
        byte[] file = Files.readAllBytes(IMAGE);
        int placeInFirstProgramHeader = 64 + 48;
        for (int alignment : new int[]{0, 3 * 0x1000, 0x20000}) {
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(placeInFirstProgramHeader, alignment);

            assertThatThrownBy(() -> TextImageIndex.read("x86_64", file))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pages");
        }
    }

    @Test
    void oneTrampolineThatDiffersIsFound() throws IOException {
        byte[] file = Files.readAllBytes(IMAGE);
        for (int offset : new int[]{0x2000, 0x8001, 0xfa70, 0x10000, 0x18006, 0x1effe}) {
            byte[] damaged = file.clone();
            damaged[offset] ^= 1;

            assertThatThrownBy(() -> TextImageIndex.read("x86_64", damaged))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("trampolines");
        }
    }

    /** An image for Windows, with a change. */
    private static byte[] windowsImage(int place, int value) throws IOException {
        byte[] file = Files.readAllBytes(Architecture.of("x86_64-windows").image());
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(place, value);
        return file;
    }

    private static int windowsHeader(int place) throws IOException {
        byte[] file = Files.readAllBytes(Architecture.of("x86_64-windows").image());
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(0x3c) + 4 + place;
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            18,  0x20b0003, loaded at one address only
            90,  0,          loaded anywhere
            132, 0x1000,     imports
            172, 0x1000,     relocations
            156, 0,          unwind information
            296, 0xe0000020, not read+execute
            336, 0xe0000080, not read+write
            """)
    void aBrokenRuleForImagesOfWindowsIsFound(int place, String value, String complaint) throws IOException {
        byte[] file = windowsImage(windowsHeader(place), Long.decode(value).intValue());

        assertThatThrownBy(() -> TextImageIndex.read("x86_64-windows", file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void anImageOfAnotherSystemIsFound() throws IOException {
        byte[] file = Files.readAllBytes(IMAGE);

        assertThatThrownBy(() -> TextImageIndex.read("x86_64-windows", file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no PE file");
    }

    @Test
    void unwindersFindTheFrameOfEachEntryOfWindowsThatCalls() throws IOException {
        Map<String, String> index = Architecture.of("x86_64-windows").index();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Architecture.of("x86_64-windows").image()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int table = file.getInt(windowsHeader(20 + 112 + 3 * 8));

        List<Integer> known = IntStream.range(0, 3).mapToObj(i -> file.getInt(table + i * 12)).toList();
        int byIndex = Integer.parseInt(index.get("layout.index_offset"));
        assertThat(known).containsExactly(Integer.parseInt(index.get("entry.bind_stack")),
                byIndex + Integer.parseInt(index.get("index_entry.append_stack")),
                byIndex + Integer.parseInt(index.get("index_entry.generic")));
        for (int i = 0; i < known.size(); i++) {
            int information = file.getInt(table + i * 12 + 8);
            assertThat(file.get(information)).as("version 1, no handler").isEqualTo((byte) 1);
            assertThat(file.get(information + 2)).as("codes: push rbp, set frame").isEqualTo((byte) 2);
            assertThat(file.get(information + 3)).as("frame register rbp, at 0").isEqualTo((byte) 5);
        }
    }
}
