// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the text image is found, and when it is refused: each in a JVM of its own, with a copy of the library. */
final class TextImageTest {
    private static final String IMAGE = "dev/salto/internal/text/x86_64.so";
    private static final String INDEX = "dev/salto/internal/text/x86_64.properties";
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";

    @TempDir
    private Path folder = Path.of("");

    private Path library = Path.of("");

    @BeforeEach
    void copyTheLibrary() throws IOException {
        library = folder.resolve("the library");
        Path original = ChildJvm.libraryClasses();
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = library.resolve(original.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private Path packed() {
        Path jar = folder.resolve("the library.jar");
        int code = ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create", "--file",
                jar.toString(), "-C", library.toString(), ".");
        assertThat(code).isZero();
        return jar;
    }

    private static void assertWorks(ChildJvm child) {
        assertThat(child.output()).containsExactly("supported=true", "answer=42");
        assertThat(child.exitCode()).isZero();
    }

    private static void assertRefused(ChildJvm child, String... words) {
        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("message")).contains(words);
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void isMappedFromAClassFolder() throws Exception {
        assertWorks(ChildJvm.run(library, "TryCallback", ALLOWED));
    }

    @Test
    void isExtractedFromAJarAndLeavesNothingBehind() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));

        assertWorks(ChildJvm.run(packed(), "TryCallback", ALLOWED, "-Djava.io.tmpdir=" + temporary));

        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void oneWrongBitIsRefusedWhereverItIs() throws Exception {
        byte[] image = Files.readAllBytes(library.resolve(IMAGE));
        List<Integer> places = List.of(0, 0x400, 0x1000, 0x8007, 0xffff);
        for (int place : places) {
            byte[] damaged = image.clone();
            damaged[place] ^= 0x10;
            Files.write(library.resolve(IMAGE), damaged);

            assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "the library", IMAGE, "SHA-256", "damaged");
        }
    }

    @Test
    void oneWrongBitInAJarIsRefused() throws Exception {
        byte[] image = Files.readAllBytes(library.resolve(IMAGE));
        image[0x2000] ^= 1;
        Files.write(library.resolve(IMAGE), image);

        assertRefused(ChildJvm.run(packed(), "TryCallback", ALLOWED), "extracted", "SHA-256", "damaged");
    }

    @Test
    void aShortImageIsRefusedAndNotTouchedBeyondItsEnd() throws Exception {
        byte[] image = Files.readAllBytes(library.resolve(IMAGE));
        Files.write(library.resolve(IMAGE), Arrays.copyOf(image, 0x3000));

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), IMAGE, "12288 bytes", "65536");
    }

    @Test
    void aMissingImageIsNamed() throws Exception {
        Files.delete(library.resolve(IMAGE));

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.so", "missing");
    }

    @Test
    void aMissingIndexIsNamed() throws Exception {
        Files.delete(library.resolve(INDEX));

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.properties");
    }

    @Test
    void anIndexWithoutALineIsNamed() throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(library.resolve(INDEX)));
        lines.removeIf(line -> line.startsWith("layout.block_size="));
        Files.write(library.resolve(INDEX), lines);

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "x86_64.properties", "layout.block_size");
    }

    @Test
    void anUnreadableImageIsNamedWithTheSystemsWords() throws Exception {
        Files.delete(library.resolve(IMAGE));
        Files.createDirectory(library.resolve(IMAGE));

        assertRefused(ChildJvm.run(library, "TryCallback", ALLOWED), "mmap", "errno");
    }

    @Test
    void deniedNativeAccessNamesTheOptionToPass() throws Exception {
        ChildJvm child = ChildJvm.run(library, "TryCallback", "--illegal-native-access=deny",
                "--enable-native-access=ALL-UNNAMED");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("exception")).isEqualTo(IllegalCallerException.class.getName());
        assertThat(child.value("message")).contains("--enable-native-access=dev.salto");
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
