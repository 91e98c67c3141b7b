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

/** Where values travel on i386, rule by rule. */
@Tag("host")
final class SysVI386Test {
    private static final MemoryLayout SMALL = structLayout(JAVA_BYTE);

    private final Port port = new SysVI386();

    private final Places places = new Places(port, n -> List.of("eax", "edx").get(n), _ -> "st0");

    @Test
    void argumentsAreOnTheStackInWholeWords() {
        assertThat(places.arguments(JAVA_BYTE, JAVA_DOUBLE, structLayout(JAVA_INT, JAVA_BYTE), JAVA_FLOAT, JAVA_LONG))
                .isEqualTo("0+1:stack0 | 0+8:stack4 | 0+5:stack12 | 0+4:stack20 | 0+8:stack24");
    }

    @Test
    void whatIsEmptyTakesNoRoom() {
        assertThat(places.arguments(structLayout(), JAVA_INT)).isEqualTo(" | 0+4:stack0");
    }

    @Test
    void resultsAreInRegistersButForStructs() {
        assertThat(places.result(JAVA_INT)).isEqualTo("0+4:eax");
        assertThat(places.result(JAVA_LONG)).isEqualTo("0+4:eax 4+4:edx");
        assertThat(places.result(JAVA_FLOAT)).isEqualTo("0+4:st0");
        assertThat(places.result(JAVA_DOUBLE)).isEqualTo("0+8:st0");
        assertThat(places.result(SMALL)).isEqualTo("memory at stack0");
    }

    @Test
    void theAddressOfTheResultComesBeforeTheArguments() {
        CallSequence call = port.classify(FunctionDescriptor.of(SMALL, JAVA_INT));

        assertThat(call.arguments().getFirst().getFirst().storage()).isEqualTo(new Storage.Stack(4));
        assertThat(call.stackSize()).isEqualTo(8);
    }

    @Test
    void theHiddenArgumentComesLast() {
        TrailingArgument last = port.trailingArgument(FunctionDescriptor.ofVoid(JAVA_INT, JAVA_DOUBLE));

        assertThat(last.entry("append_")).isEqualTo("append_stack");
        assertThat(last.stackSize()).isEqualTo(12);
    }

    @Test
    void theEntriesEndInTheWayOfTheResult() {
        TrailingArgument struct = port.trailingArgument(FunctionDescriptor.of(SMALL, JAVA_INT));
        assertThat(struct.entry("append_")).isEqualTo("append_stack_popping");
        assertThat(struct.stackSize()).isEqualTo(8);
        assertThat(struct.dead()).isEqualTo("dead_popping");
        assertThat(port.trailingArgument(FunctionDescriptor.of(JAVA_DOUBLE)).dead()).isEqualTo("dead_x87");
        assertThat(port.trailingArgument(FunctionDescriptor.of(JAVA_LONG)).dead()).isEqualTo("dead");
        assertThat(port.trailingArgument(FunctionDescriptor.ofVoid()).dead()).isEqualTo("dead");
    }
}
