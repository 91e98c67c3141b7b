// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static dev.salto.internal.abi.Places.times;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.MemoryLayout.unionLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where the System V ABI for x86-64 puts arguments and results. Expected places are written as
 * {@code offset+size:place}.
 */
@Tag("host")
final class SysVX64Test {
    private final Port port = new SysVX64();

    private final Places places = new Places(port, n -> "gp" + n, n -> "xmm" + n);

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void integersAndFloatsTakeTheirOwnRegisters() {
        assertThat(arguments(JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_FLOAT, JAVA_BYTE))
                .isEqualTo("0+4:gp0 | 0+8:xmm0 | 0+8:gp1 | 0+4:xmm1 | 0+1:gp2");
    }

    @Test
    void theSeventhIntegerAndTheNinthDoubleGoOnTheStack() {
        assertThat(arguments(times(8, JAVA_LONG))).endsWith("0+8:gp5 | 0+8:stack0 | 0+8:stack8");
        assertThat(arguments(times(10, JAVA_DOUBLE))).endsWith("0+8:xmm7 | 0+8:stack0 | 0+8:stack8");
    }

    @Test
    void aSmallStructIsClassifiedByEightbytes() {
        assertThat(arguments(structLayout(JAVA_INT, JAVA_INT))).isEqualTo("0+8:gp0");
        assertThat(arguments(structLayout(JAVA_LONG, JAVA_DOUBLE))).isEqualTo("0+8:gp0 8+8:xmm0");
        assertThat(arguments(structLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:xmm0 8+8:gp0");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT))).isEqualTo("0+8:xmm0 8+4:xmm1");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_INT))).as("INTEGER wins").isEqualTo("0+8:gp0");
        assertThat(arguments(structLayout(sequenceLayout(3, JAVA_BYTE)))).isEqualTo("0+3:gp0");
    }

    @Test
    void nestedStructsAndArraysCountByTheirFields() {
        MemoryLayout inner = structLayout(JAVA_FLOAT, JAVA_FLOAT);
        assertThat(arguments(structLayout(inner, inner))).isEqualTo("0+8:xmm0 8+8:xmm1");
        assertThat(arguments(structLayout(sequenceLayout(2, structLayout(JAVA_INT, JAVA_FLOAT)))))
                .isEqualTo("0+8:gp0 8+8:gp1");
    }

    @Test
    void theMembersOfAUnionShareTheirEightbyte() {
        assertThat(arguments(unionLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:gp0");
        assertThat(arguments(unionLayout(JAVA_DOUBLE, JAVA_FLOAT))).isEqualTo("0+8:xmm0");
        assertThat(arguments(unionLayout(structLayout(JAVA_DOUBLE, JAVA_DOUBLE), JAVA_INT)))
                .isEqualTo("0+8:gp0 8+8:xmm0");
    }

    @Test
    void aLargeStructGoesOnTheStackInWholeSlots() {
        assertThat(
                arguments(structLayout(sequenceLayout(17, JAVA_BYTE)), JAVA_INT, structLayout(times(3, JAVA_DOUBLE))))
                .isEqualTo("0+17:stack0 | 0+4:gp0 | 0+24:stack24");
    }

    @Test
    void aStructThatDoesNotFitTheRegistersLeavesThemToTheNextArgument() {
        MemoryLayout pair = structLayout(JAVA_LONG, JAVA_LONG);
        MemoryLayout[] layouts = {JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, pair, JAVA_INT};
        assertThat(arguments(layouts)).endsWith("0+4:gp4 | 0+16:stack0 | 0+4:gp5");
    }

    @Test
    void anUnalignedFieldPutsTheStructInMemory() {
        assertThat(arguments(structLayout(JAVA_BYTE, JAVA_INT.withByteAlignment(1)))).isEqualTo("0+5:stack0");
        assertThat(arguments(structLayout(JAVA_SHORT, JAVA_SHORT.withByteAlignment(1)))).isEqualTo("0+4:gp0");
    }

    @Test
    void anOverAlignedStructBeginsWhereItsAlignmentAllows() {
        MemoryLayout large = structLayout(times(4, JAVA_LONG)).withByteAlignment(16);
        assertThat(arguments(structLayout(times(3, JAVA_LONG)), large)).isEqualTo("0+24:stack0 | 0+32:stack32");
    }

    @Test
    void anEightbyteOfPaddingDoesNotTravel() {
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(12)).withByteAlignment(16), JAVA_FLOAT))
                .isEqualTo("0+8:xmm0 | 0+4:xmm1");
    }

    @Test
    void anEmptyStructTakesNoRoom() {
        assertThat(arguments(structLayout(), JAVA_INT)).isEqualTo(" | 0+4:gp0");
        assertThat(result(structLayout())).isEqualTo("none");
    }

    @Test
    void resultsComeInTwoRegistersOfEachKindOrThroughAPointer() {
        assertThat(result(JAVA_INT)).isEqualTo("0+4:gp0");
        assertThat(result(JAVA_FLOAT)).isEqualTo("0+4:xmm0");
        assertThat(result(structLayout(JAVA_LONG, JAVA_INT))).isEqualTo("0+8:gp0 8+4:gp1");
        assertThat(result(structLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:xmm0 8+8:gp0");
        assertThat(result(structLayout(times(3, JAVA_LONG)))).isEqualTo("memory at gp0");
    }

    @Test
    void thePointerToAResultIsTheFirstIntegerArgument() {
        MemoryLayout large = structLayout(times(3, JAVA_LONG));
        CallSequence sequence = port.classify(FunctionDescriptor.of(large, JAVA_INT));

        assertThat(places.show(sequence.arguments().getFirst())).isEqualTo("0+4:gp1");
        assertThat(port.trailingArgument(FunctionDescriptor.of(large)).entry("append_")).isEqualTo("append_gp1");
    }

    @Test
    void anUnalignedArrayWithoutElementsPutsTheStructInMemory() {
        assertThat(arguments(structLayout(JAVA_BYTE, sequenceLayout(0, JAVA_INT.withByteAlignment(1)))))
                .isEqualTo("0+1:stack0");
        assertThat(arguments(structLayout(JAVA_BYTE, paddingLayout(3), sequenceLayout(0, JAVA_INT))))
                .isEqualTo("0+4:gp0");
        assertThat(arguments(structLayout(JAVA_FLOAT, sequenceLayout(0, JAVA_FLOAT)))).isEqualTo("0+4:xmm0");
    }

    @Test
    void theHiddenArgumentFollowsTheCallersOwn() {
        assertThat(trailing(JAVA_INT, JAVA_DOUBLE)).isEqualTo("append_gp1, 0 bytes of stack");
        assertThat(trailing(times(6, JAVA_INT))).isEqualTo("append_stack, 0 bytes of stack");
        assertThat(trailing(times(9, JAVA_INT))).isEqualTo("append_stack, 24 bytes of stack");
        assertThat(trailing(structLayout(times(5, JAVA_LONG)))).isEqualTo("append_gp0, 0 bytes of stack");
    }

    private String trailing(MemoryLayout... layouts) {
        TrailingArgument place = port.trailingArgument(FunctionDescriptor.ofVoid(layouts));
        return place.entry("append_") + ", " + place.stackSize() + " bytes of stack";
    }
}
