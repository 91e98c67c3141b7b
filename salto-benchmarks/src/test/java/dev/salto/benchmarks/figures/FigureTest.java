// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The names that others rely on, and numbers as people read them. */
final class FigureTest {
    @Test
    void keysStayAsTheyAre() {
        assertThat(Figure.ALL).extracting(Figure::key).doesNotHaveDuplicates().contains("create-1k-fresh",
                "create-100k-fresh", "create-1m-fresh", "create-10m-fresh", "create-1k-live", "create-100k-live",
                "create-1m-live", "create-10m-live", "create-10m-last-to-first", "create-100k-new-type",
                "create-1m-new-type", "bind-address-by-turns", "create-close-by-turns", "call-200k-in-turn-to-jdk",
                "types-8192-resident", "types-8192-cpu-time", "close-100k-in-order",
                "close-100k-random", "create-close-loop", "call-one", "call-one-to-jdk", "call-one-to-lwjgl",
                "call-16-in-turn", "call-16-in-turn-to-jdk", "call-8-ints",
                "call-8-doubles", "call-struct", "trampoline-native", "native-binding", "two-threads-create",
                "two-threads-create-close", "two-threads-close-others", "first-callback", "first-callback-aot",
                "second-signature", "native-bytes-each-100k", "native-bytes-each-10m", "heap-bytes-each-10m",
                "mappings-10m", "writable-executable-mappings-10m", "most-live", "gc-pause-g1", "gc-pause-full-g1",
                "gc-pause-parallel", "gc-pause-z");
    }

    @Test
    void aFigureIsFoundByItsWholeKey() {
        assertThat(Figure.ofKey("create-1m-live")).hasValue(Figure.createLive(Size.M1));
        assertThat(Figure.ofKey("create")).isEmpty();
    }

    @Test
    void numbersHaveAsManyDigitsAsSaySomething() {
        assertThat(Numbers.of(1.0449)).isEqualTo("1.04");
        assertThat(Numbers.of(28.34)).isEqualTo("28.3");
        assertThat(Numbers.of(283.4)).isEqualTo("283");
        assertThat(Numbers.of(4147.2)).isEqualTo("4,147");
        assertThat(Numbers.of(-0.5)).isEqualTo("-0.50");
        assertThat(Numbers.of(0)).isEqualTo("0");
    }
}
