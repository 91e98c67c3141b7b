// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfNoteSection;
import net.fornwall.jelf.ElfSymbol;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The text image that the build made, and the build step itself. */
final class NativeCodeBuildTest {
    private static final Path TARGET = Path.of("target");
    private static final Path IMAGE = TARGET.resolve("text/dev/salto/internal/text/libsalto-x86_64.so");
    private static final byte[] ENDBR64 = {(byte) 0xf3, 0x0f, 0x1e, (byte) 0xfa};

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theImageKeepsItsPromisesAndTheIndexSaysWhereEverythingIs() throws IOException {
        Map<String, String> index = TextImageIndex.read("x86_64", Files.readAllBytes(IMAGE));

        assertThat(index)
                .containsEntry("architecture", "x86_64")
                .containsEntry("alignment", "65536")
                .containsEntry("layout.code_size", "65536")
                .containsEntry("layout.trampoline_size", "24")
                .containsEntry("layout.block_size", "16")
                .containsKeys("entry.append_gp0", "entry.append_gp5", "entry.dead");
        assertThat(index.get("sha256")).hasSize(64);
    }

    @Test
    void everyEntryAndTrampolineBeginsWithALandingPad() throws IOException {
        byte[] file = Files.readAllBytes(IMAGE);
        Map<String, String> index = TextImageIndex.read("x86_64", file);

        index.forEach((key, value) -> {
            if (key.startsWith("entry.")) {
                assertThat(file).as(key).satisfies(startsWithLandingPadAt(Integer.parseInt(value)));
            }
        });
        int first = Integer.parseInt(index.get("layout.trampoline_offset"));
        int size = Integer.parseInt(index.get("layout.trampoline_size"));
        int count = Integer.parseInt(index.get("layout.trampoline_count"));
        assertThat(count).isGreaterThan(2_500);
        for (int i = 0; i < count; i++) {
            assertThat(file).satisfies(startsWithLandingPadAt(first + i * size));
        }
    }

    private static ThrowingConsumer<byte[]> startsWithLandingPadAt(int offset) {
        return file -> assertThat(Arrays.copyOfRange(file, offset, offset + 4)).isEqualTo(ENDBR64);
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
    void debuggersFindTheEntriesByName() throws IOException {
        ElfFile elf = ElfFile.from(Files.readAllBytes(IMAGE));

        ElfSymbol symbol = elf.getELFSymbol("salto_entry_append_gp2");
        assertThat(symbol.getType()).isEqualTo(ElfSymbol.STT_FUNC);
        assertThat(symbol.st_size).isPositive();
        assertThat(elf.getELFSymbol("salto_trampolines").st_size).isGreaterThan(0xe000);
    }

    @Test
    void anotherBuildGivesTheSameBytes() throws IOException {
        assertThat(build()).isZero();

        assertThat(Files.mismatch(IMAGE, folder.resolve("text/dev/salto/internal/text/libsalto-x86_64.so")))
                .isEqualTo(-1);
        for (String name : List.of("x86_64.so", "x86_64-signatures-O0.so", "x86_64-signatures-O2.so")) {
            Path library = Path.of("classes/dev/salto/text/callers", name);
            assertThat(Files.mismatch(TARGET.resolve(library), folder.resolve(library))).as(name).isEqualTo(-1);
        }
    }

    @Test
    void nothingIsBuiltAgainThatIsUpToDate() throws IOException {
        assertThat(build()).isZero();
        Path image = folder.resolve("text/dev/salto/internal/text/libsalto-x86_64.so");
        Files.writeString(image, "left alone");
        assertThat(build()).isZero();

        assertThat(image).hasContent("left alone");
    }

    private int build() {
        return new CommandLine(new NativeCodeBuild()).execute("--llvm=" + System.getProperty("llvm.jar"),
                "--sources=src/main", "--text=" + folder.resolve("text"), "--callers=" + folder.resolve("classes"));
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
        for (int offset : new int[]{0x2000, 0x8001, 0xfff0}) {
            byte[] damaged = file.clone();
            damaged[offset] ^= 1;

            assertThatThrownBy(() -> TextImageIndex.read("x86_64", damaged))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("trampolines");
        }
    }
}
