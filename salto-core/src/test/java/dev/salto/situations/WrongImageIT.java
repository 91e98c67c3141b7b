// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.PackedLibrary;
import dev.salto.TrampolinesUnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An image that is not the one of this library: it is refused, and the message names it. */
final class WrongImageIT {
    private static final int ELF_MACHINE = 18;
    private static final byte AARCH64 = (byte) 183;

    @TempDir
    private Path folder = Path.of("");

    private byte[] image() throws IOException {
        return Files.readAllBytes(
                Launch.unpackedLibrary(Files.createDirectories(folder.resolve("image"))).resolve(Launch.IMAGE));
    }

    private ChildJvm runWith(byte[] image) throws Exception {
        Path file = Files.write(folder.resolve("wrong"), image);
        return Launch.withModule(folder, Launch.packedLibrary(folder))
                .options("-Ddev.salto.text=" + file, "-Ddev.salto.text.sources=property")
                .run("bind 1", "report", "maps");
    }

    private void assertRefused(ChildJvm child) {
        assertThat(child.value("bind")).startsWith(TrampolinesUnsupportedException.class.getName() + ": ")
                .contains(folder.resolve("wrong").toString());
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.value("tried")).contains("property", folder.resolve("wrong").toString());
        assertThat(child.values("mapped")).isEmpty();
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x400, 0x1000, 0x8007, 0xffff})
    void oneWrongBit(int place) throws Exception {
        byte[] damaged = image();
        damaged[place] ^= 0x10;

        assertRefused(runWith(damaged));
    }

    @Test
    void anotherVersion() throws Exception {
        byte[] other = image();
        // A few trampolines in another order.
        byte[] trampolines = Arrays.copyOfRange(other, 0x2000, 0x2800);
        System.arraycopy(trampolines, 0x400, other, 0x2000, 0x400);
        System.arraycopy(trampolines, 0, other, 0x2400, 0x400);

        assertRefused(runWith(other));
    }

    @Test
    void anotherArchitecture() throws Exception {
        byte[] other = image();
        other[ELF_MACHINE] = AARCH64;

        assertRefused(runWith(other));
    }

    @Test
    void oneThatIsTooShort() throws Exception {
        assertRefused(runWith(Arrays.copyOf(image(), 0x3000)));
    }

    /**
     * An installed image of another version does no harm: the one that came with the library is
     * used.
     */
    @Test
    void aWrongInstalledImageIsPassedOver() throws Exception {
        byte[] other = image();
        other[0x2000] ^= 1;
        Path installed = Files.write(folder.resolve("libsalto-x86_64.so"), other);

        ChildJvm child = Launch.withModule(folder, Launch.packedLibrary(folder))
                .options("-Djava.library.path=" + folder)
                .run("bind 10000", "call", "report", "maps");

        assertThat(child.value("bind")).isEqualTo("done");
        assertThat(child.value("source")).isEqualTo(PackedLibrary.usualSource("jar"));
        assertThat(child.values("tried")).anyMatch(
                tried -> tried.contains("installed") && tried.contains(installed.toString()));
        assertThat(child.values("mapped")).hasSize(1).doesNotContain(installed.toString());
    }
}
