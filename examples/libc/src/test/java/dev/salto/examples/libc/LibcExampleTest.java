// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The C library calls Java. */
final class LibcExampleTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void qsortFollowsAJavaComparator() {
        long[] numbers = LongStream.range(0, 1_000).map(i -> i * 7919 % 1_000).toArray();

        assertThat(LibcExample.sorted((a, b) -> Long.compare(b, a), numbers))
                .isEqualTo(LongStream.iterate(999, i -> i >= 0, i -> i - 1).toArray());
    }

    @Test
    void anExceptionOfAComparatorReachesTheCallerOfQsort() {
        assertThatThrownBy(() -> LibcExample.sorted((_, _) -> {
            throw new UnsupportedOperationException("no order");
        }, 2, 1)).isInstanceOf(UnsupportedOperationException.class).hasMessage("no order");
    }

    @Test
    void nftwVisitsEachFileWithItsDepth() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("c"), "");
        List<String> visited = new ArrayList<>();
        LibcExample.walk(folder, (path, depth) -> visited.add(depth + " " + folder.relativize(path)));

        assertThat(visited).containsExactly("0 ", "1 a", "2 a/b", "3 a/b/c");
    }

    @Test
    void anExceptionEndsTheWalk() throws Exception {
        Files.createDirectories(folder.resolve("a/b"));
        List<Integer> visited = new ArrayList<>();

        assertThatThrownBy(() -> LibcExample.walk(folder, (_, depth) -> {
            visited.add(depth);
            if (depth == 1) {
                throw new IOException("enough");
            }
        })).isInstanceOf(IOException.class).hasMessage("enough");
        assertThat(visited).containsExactly(0, 1);
    }

    @Test
    void aFolderThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> LibcExample.walk(folder.resolve("nowhere"), (_, _) -> {}))
                .isInstanceOf(IOException.class).hasMessageContaining("nowhere");
    }
}
