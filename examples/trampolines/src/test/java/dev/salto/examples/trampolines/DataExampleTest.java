// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A native comparator finds its column. */
final class DataExampleTest {
    @Test
    void oneNativeFunctionSortsByAnyColumn() {
        List<long[]> rows = List.of(new long[]{3, 20, 5}, new long[]{1, 30, 4}, new long[]{2, 10, 6});
        try (DataExample first = new DataExample(0, true);
                DataExample second = new DataExample(1, true);
                DataExample lastDescending = new DataExample(2, false)) {
            assertThat(first.sorted(rows, 3)).extracting(row -> row[0]).containsExactly(1L, 2L, 3L);
            assertThat(second.sorted(rows, 3)).extracting(row -> row[1]).containsExactly(10L, 20L, 30L);
            assertThat(lastDescending.sorted(rows, 3)).extracting(row -> row[2]).containsExactly(6L, 5L, 4L);
        }
    }
}
