// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where values travel on Windows on x86-64, by the examples of "x64 calling convention". */
@Tag("host")
final class MicrosoftX64Test {
    private static final MemoryLayout PAIR = structLayout(JAVA_INT, JAVA_INT);
    private static final MemoryLayout TRIPLE = structLayout(JAVA_INT, JAVA_INT, JAVA_INT);

    private final Port port = new MicrosoftX64();

    private final Places places = new Places(port, n -> "word" + n, n -> "xmm" + n);

    @Test
    void theFirstFourArgumentsAreInTheRegistersOfTheirPlaces() {
        assertThat(places.arguments(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT))
                .isEqualTo("0+4:word0 | 0+4:word1 | 0+4:word2 | 0+4:word3 | 0+4:stack0 | 0+4:stack8");
        assertThat(places.arguments(JAVA_FLOAT, JAVA_DOUBLE, JAVA_FLOAT, JAVA_DOUBLE, JAVA_FLOAT, JAVA_FLOAT))
                .isEqualTo("0+4:xmm0 | 0+8:xmm1 | 0+4:xmm2 | 0+8:xmm3 | 0+4:stack0 | 0+4:stack8");
        assertThat(places.arguments(JAVA_INT, JAVA_DOUBLE, JAVA_INT, JAVA_FLOAT, JAVA_INT, JAVA_FLOAT))
                .isEqualTo("0+4:word0 | 0+8:xmm1 | 0+4:word2 | 0+4:xmm3 | 0+4:stack0 | 0+4:stack8");
    }

    @Test
    void structsOfOtherSizesThanRegistersGoByTheirAddress() {
        CallSequence call = port
                .classify(FunctionDescriptor.ofVoid(PAIR, TRIPLE, structLayout(), structLayout(JAVA_DOUBLE), TRIPLE));

        assertThat(call.arguments()).extracting(pieces -> pieces.getFirst().storage()).isEqualTo(List.of(
                new Storage.IntegerRegister(0), new Storage.Reference(new Storage.IntegerRegister(1)),
                new Storage.Reference(new Storage.IntegerRegister(2)), new Storage.IntegerRegister(3),
                new Storage.Reference(new Storage.Stack(0))));
    }

    @Test
    void resultsAreInOneRegisterOrInTheCallersMemory() {
        assertThat(places.result(JAVA_LONG)).isEqualTo("0+8:word0");
        assertThat(places.result(JAVA_FLOAT)).isEqualTo("0+4:xmm0");
        assertThat(places.result(PAIR)).isEqualTo("0+8:word0");
        assertThat(places.result(TRIPLE)).isEqualTo("memory at word0");
        assertThat(places.result(structLayout(JAVA_BYTE, JAVA_BYTE, JAVA_BYTE))).isEqualTo("memory at word0");
    }

    @Test
    void theHiddenArgumentTakesTheNextPlaceOfAnyKind() {
        assertThat(port.trailingArgument(FunctionDescriptor.ofVoid()).entry("append_")).isEqualTo("append_gp0");
        assertThat(port.trailingArgument(FunctionDescriptor.of(TRIPLE, JAVA_DOUBLE)).entry("bind_"))
                .isEqualTo("bind_gp2");
        TrailingArgument last = port
                .trailingArgument(FunctionDescriptor.ofVoid(JAVA_DOUBLE, JAVA_INT, JAVA_FLOAT, JAVA_INT, JAVA_BYTE));
        assertThat(last.entry("append_")).isEqualTo("append_stack");
        assertThat(last.stackSize()).isEqualTo(8);
    }
}
