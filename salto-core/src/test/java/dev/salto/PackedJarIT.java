// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The JAR as it is published. */
final class PackedJarIT {
    private static final List<String> ARCHITECTURES = List.of("x86_64", "i386", "aarch64", "arm", "riscv64", "ppc64le",
            "s390x", "loongarch64");

    private final Path jar = PackedLibrary.find();

    PackedJarIT() throws IOException {}

    @Test
    void eachTextImageLiesInItAsItIsWhereEverySystemCanMapIt() throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            List<ZipArchiveEntry> images = Collections.list(zip.getEntries()).stream()
                    .filter(entry -> entry.getName().matches("dev/salto/internal/text/[^/]+\\.so"))
                    .toList();

            assertThat(images).extracting(ZipArchiveEntry::getName)
                    .containsExactlyInAnyOrderElementsOf(ARCHITECTURES.stream()
                            .filter(name -> !name.endsWith("-windows")) // cannot map it there
                            .map(name -> LibraryCopy.PACKAGE + "libsalto-%s.so".formatted(name)).toList());
            for (ZipArchiveEntry image : images) {
                assertThat(image.getMethod()).as(image.getName()).isEqualTo(ZipArchiveEntry.STORED);
                assertThat(image.getDataOffset()).as(image.getName()).isPositive();
                assertThat(image.getDataOffset() % largestPage(image)).as(image.getName()).isZero();
                assertThat(bytesAt(image.getDataOffset(), (int) image.getSize())).as(image.getName())
                        .isEqualTo(Files.readAllBytes(ChildJvm.libraryClasses().resolve(image.getName())));
            }
        }
    }

    /** Of the systems that an image is for. */
    private static long largestPage(ZipArchiveEntry image) {
        return image.getName().matches(".*-(aarch64|ppc64le|loongarch64)\\.so") ? 65536 : 4096;
    }

    @Test
    void itHasTheCodeOfAllArchitecturesInTwoMebibytes() throws IOException {
        assertThat(Files.size(jar)).isLessThanOrEqualTo(2L << 20);
    }

    private byte[] bytesAt(long offset, int size) throws IOException {
        try (InputStream file = Files.newInputStream(jar)) {
            file.skipNBytes(offset);
            return file.readNBytes(size);
        }
    }

    @Test
    void itIsTheModule() {
        assertThat(ModuleFinder.of(jar).findAll())
                .extracting(module -> module.descriptor().toNameAndVersion())
                .singleElement().asString().startsWith("dev.salto@");
        assertThat(ModuleFinder.of(jar).find("dev.salto").orElseThrow().descriptor().exports())
                .extracting(exports -> exports.source())
                .containsExactly("dev.salto");
    }

    @Test
    void aCallbackWorksWithIt() throws Exception {
        ChildJvm child = ChildJvm.run(jar, "TryCallback", "--enable-native-access=dev.salto,ALL-UNNAMED");

        assertThat(child.output()).startsWith("supported=true", "answer=42");
        assertThat(child.value("source")).isEqualTo(PackedLibrary.usualSource("jar"));
        assertThat(child.value("location")).contains(jar.toString(), LibraryCopy.IMAGE_NAME);
        assertThat(child.exitCode()).isZero();
    }
}
