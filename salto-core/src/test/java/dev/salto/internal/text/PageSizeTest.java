// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.TableShape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The places of a table's parts on systems with pages of any size, by arithmetic alone. Nothing is
 * mapped, and the test is the same on every JVM.
 */
@Tag("host")
final class PageSizeTest {
    private static final List<Integer> PAGE_SIZES = List.of(0x1000, 0x4000, 0x10000);

    private static final Path JAR = Path.of("salto.jar");

    /**
     * No multiple of 64 KiB: what mmap answers is a multiple of the page size, and of nothing more.
     */
    private static final long PAGES_BEFORE = 0x7654321;

    /**
     * An architecture on a system.
     *
     * @param alignment the size of the largest pages that the architecture has, by its index
     * @param page the size of the system's pages
     */
    record Host(TextIndex index, int alignment, int page) {
        Parts table() {
            return new Parts(PAGES_BEFORE * page, index.shape());
        }

        /** The number of the page that an address lies in. */
        long pageOf(long address) {
            return Math.floorDiv(address, page);
        }

        @Override
        public String toString() {
            return "%s with pages of %d KiB".formatted(index.architecture(), page / 1024);
        }
    }

    /** The parts of a table whose code begins at an address. */
    record Parts(long code, TableShape shape) {
        long parameters() {
            return code + shape.codeSize();
        }
    }

    static List<Host> hosts() throws IOException {
        List<Host> hosts = new ArrayList<>();
        for (String architecture : Ports.architectures()) {
            TextIndex index;
            try (InputStream content = open(architecture)) {
                index = TextIndex.read(content);
            }
            int alignment = alignment(architecture);
            PAGE_SIZES.stream().filter(page -> page <= alignment)
                    .forEach(page -> hosts.add(new Host(index, alignment, page)));
        }
        return hosts;
    }

    /**
     * The index has it for the build, which aligns the image in the JAR; the library does not read
     * it.
     */
    private static int alignment(String architecture) throws IOException {
        Properties index = new Properties();
        try (InputStream content = open(architecture)) {
            index.load(content);
        }
        return Integer.parseInt(index.getProperty("alignment"));
    }

    private static InputStream open(String architecture) {
        String name = "libsalto-" + architecture + ".properties";
        return Objects.requireNonNull(TextIndex.class.getResourceAsStream(name), name);
    }

    @Test
    void allPortsAreHereWithTheirPages() throws IOException {
        assertThat(hosts()).extracting(Host::toString).contains("x86_64 with pages of 4 KiB",
                "aarch64 with pages of 16 KiB", "aarch64 with pages of 64 KiB", "ppc64le with pages of 64 KiB",
                "loongarch64 with pages of 16 KiB");
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void codeIsAWholeNumberOfPages(Host host) {
        Parts table = host.table();

        assertThat(table.code() % host.page()).isZero();
        assertThat(table.shape().codeSize() % host.page()).isZero();
        assertThat(table.shape().codeSize()).isEqualTo(host.index().codeSize());
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void parametersBeginWithThePageBehindTheCode(Host host) {
        Parts table = host.table();
        long lastOfCode = table.code() + table.shape().codeSize() - 1;

        assertThat(table.parameters() % host.page()).isZero();
        assertThat(host.pageOf(table.parameters())).isEqualTo(host.pageOf(lastOfCode) + 1);
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void everyTrampolineLiesInTheCodeAndItsBlockInTheParameters(Host host) {
        TextIndex index = host.index();
        Parts table = host.table();
        long lines = index.trampolineCount() / index.trampolinesInLine();
        long endOfTrampolines = index.trampolineOffset() + lines * index.lineSize();
        long endOfBlocks = (long) index.trampolineCount() * index.blockSize();

        assertThat(endOfTrampolines).isLessThanOrEqualTo(table.shape().codeSize());
        assertThat(endOfBlocks).isEqualTo(table.shape().parametersSize());
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void anImageThatIsAlignedForItsArchitectureIsMappedFromTheJar(Host host) {
        assertThatCode(() -> JarEntry.requireWholePages(JAR, "image", 5L * host.alignment(), host.page()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void anImageThatIsAlignedForSmallerPagesOnlyIsRefusedWithBothNumbers(Host host) {
        long offset = 5L * host.alignment() + host.page() / 2;

        assertThatThrownBy(() -> JarEntry.requireWholePages(JAR, "image", offset, host.page()))
                .isInstanceOf(TextImageException.class)
                .hasMessageContainingAll("image at byte " + offset, Integer.toString(host.page()));
    }
}
