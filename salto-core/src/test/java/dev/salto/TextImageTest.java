// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the text image is refused, and what is promised of it: each in a JVM of its own, with a copy
 * of the library.
 */
@Tag("host")
final class TextImageTest {
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // JUnit calls copyTheLibrary before each test
    private LibraryCopy copy;

    private Path library = Path.of("");

    @BeforeEach
    void copyTheLibrary() throws IOException {
        copy = LibraryCopy.into(folder.resolve("the library"));
        library = copy.folder();
    }

    private static void assertRefused(ChildJvm child, String... words) {
        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("message")).contains(words);
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.value("source")).isEqualTo("null");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void oneWrongBitIsRefusedWhereverItIs() throws Exception {
        byte[] image = Files.readAllBytes(copy.image());
        List<Integer> places = List.of(7, 0x400, 0x1000, 0x8007, 0xffff);
        for (int place : places) {
            byte[] damaged = image.clone();
            damaged[place] ^= 0x10;
            Files.write(copy.image(), damaged);

            assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "the library", LibraryCopy.IMAGE_NAME,
                    "damaged");
        }
    }

    @Test
    void oneWrongBitInAJarIsRefused() throws Exception {
        byte[] image = Files.readAllBytes(copy.image());
        image[0x2000] ^= 1;
        Files.write(copy.image(), image);

        assertRefused(ChildJvm.run(copy.packed(), "TryCallback", ALLOWED), "memfd", "file", "damaged");
    }

    @Test
    void aShortImageIsRefusedAndNotTouchedBeyondItsEnd() throws Exception {
        byte[] image = Files.readAllBytes(copy.image());
        Files.write(copy.image(), Arrays.copyOf(image, 0x3000));

        int size = TableByIndex.code().offset() + TableByIndex.code().codeSize();
        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), LibraryCopy.IMAGE_NAME, "12288 bytes",
                Integer.toString(size));
    }

    @Test
    void anImageOfAnotherArchitectureIsNamed() throws Exception {
        byte[] image = Files.readAllBytes(copy.image());
        image[18] = (byte) 183; // e_machine of AArch64
        Files.write(copy.image(), image);

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), LibraryCopy.IMAGE_NAME, "another architecture",
                "183",
                "62");
    }

    @Test
    void aFileThatIsNoImageIsNamed() throws Exception {
        Files.writeString(copy.image(), "#!/bin/sh\n".repeat(20_000));

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), LibraryCopy.IMAGE_NAME, "not even an ELF file");
    }

    @Test
    void aMissingImageIsNamed() throws Exception {
        Files.delete(copy.image());

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.so", "missing");
    }

    @Test
    void aMissingIndexIsNamed() throws Exception {
        Files.delete(copy.index());

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.properties");
    }

    @Test
    void anIndexWithoutALineIsNamed() throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(copy.index()));
        lines.removeIf(line -> line.startsWith("layout.block_size="));
        Files.write(copy.index(), lines);

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.properties", "layout.block_size");
    }

    @Test
    void anUnreadableImageIsNamedWithTheSystemsWords() throws Exception {
        Files.delete(copy.image());
        Files.createDirectory(copy.image());

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "mmap", "errno");
    }

    @Test
    void deniedNativeAccessNamesTheOptionToPass() throws Exception {
        ChildJvm child = ChildJvm.run(library, "TryCallback", "--illegal-native-access=deny",
                "--enable-native-access=ALL-UNNAMED");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("exception")).isEqualTo(IllegalCallerException.class.getName());
        assertThat(child.value("message")).contains("--enable-native-access=dev.salto");
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.value("problem")).contains("--enable-native-access=dev.salto");
    }

    @Test
    void anotherArchitectureIsToldWhatIsSupported() throws Exception {
        // The property is all that the library looks at; the JVM itself does not use it.
        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED, "-Dos.arch=sparcv9"), "sparcv9", "x86_64");
    }

    @Test
    void nothingIsEverWritableAndExecutable() throws Exception {
        // With a code cache of fixed size the JVM adds no writable+executable memory of its own.
        ChildJvm child = ChildJvm.run(library, "CountWritableCode", ALLOWED, "-XX:ReservedCodeCacheSize=64m",
                "-XX:InitialCodeCacheSize=64m", "-XX:-SegmentedCodeCache");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("after")).isEqualTo(child.value("before"));
        assertThat(child.output().stream().filter(line -> line.startsWith("image=")))
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.equals("image=r-xs"));
    }
}
