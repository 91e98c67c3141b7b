// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static dev.salto.internal.abi.Places.join;
import static dev.salto.internal.abi.Places.requireRefused;
import static dev.salto.internal.abi.Places.times;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.MemoryLayout.unionLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where values travel on 32-bit Arm with hard float, rule by rule. */
@Tag("host")
final class Aapcs32Test {
    private final Port port = new Aapcs32();

    private final Places places = new Places(port, n -> "r" + n, n -> "v" + n);

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void integersAndFloatingPointNumbersHaveRegistersOfTheirOwn() {
        assertThat(arguments(JAVA_INT, JAVA_FLOAT, JAVA_BYTE)).isEqualTo("0+4:r0 | 0+4:v0 | 0+1:r1");
    }

    @Test
    void aLongBeginsAtAnEvenRegisterAndTheOneBeforeStaysFree() {
        assertThat(arguments(JAVA_INT, JAVA_LONG, JAVA_INT)).isEqualTo("0+4:r0 | 0+4:r2 4+4:r3 | 0+4:stack0");
        assertThat(arguments(times(3, JAVA_INT, JAVA_LONG, JAVA_INT))).endsWith("0+4:r2 | 0+8:stack0 | 0+4:stack8");
    }

    /** libffi looks there for the next argument. */
    @Test
    void aFunctionThatLeavesRegistersFreeBesideTheStackIsNotLinked() {
        MemoryLayout[] doubles = times(9, JAVA_DOUBLE);
        MemoryLayout struct = structLayout(JAVA_INT, JAVA_INT, JAVA_INT);

        assertThatThrownBy(() -> port.requireLinkable(FunctionDescriptor.of(JAVA_INT, join(doubles, struct, struct))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(struct.toString(), "pass a pointer");
        assertThatThrownBy(() -> port
                .requireLinkable(FunctionDescriptor.ofVoid(join(doubles, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG))))
                .isInstanceOf(IllegalArgumentException.class);
        port.requireLinkable(FunctionDescriptor.of(JAVA_INT, join(doubles, struct, JAVA_INT, struct)));
        port.requireLinkable(FunctionDescriptor.ofVoid(struct, struct, JAVA_INT));
        port.requireLinkable(FunctionDescriptor.ofVoid(times(3, JAVA_INT, JAVA_LONG, JAVA_INT)));
    }

    @Test
    void aLongOnTheStackIsAlignedToEightBytes() {
        assertThat(arguments(times(5, JAVA_INT, JAVA_LONG, JAVA_INT)))
                .endsWith("0+4:stack0 | 0+8:stack8 | 0+4:stack16");
    }

    @Test
    void aFloatGoesIntoTheGapThatADoubleLeaves() {
        assertThat(arguments(JAVA_FLOAT, JAVA_DOUBLE, JAVA_FLOAT, JAVA_FLOAT))
                .isEqualTo("0+4:v0 | 0+8:v1 | 0+4:v1 | 0+4:v4");
    }

    @Test
    void theGapIsLostOnceOneIsOnTheStack() {
        assertThat(arguments(times(7, JAVA_DOUBLE, JAVA_FLOAT, JAVA_DOUBLE, JAVA_FLOAT)))
                .endsWith("0+8:v6 | 0+4:v14 | 0+8:stack0 | 0+4:stack8");
    }

    @Test
    void structsTravelInWordsAndMayBeSplit() {
        MemoryLayout three = structLayout(JAVA_INT, JAVA_INT, JAVA_BYTE);
        assertThat(arguments(JAVA_INT, three)).isEqualTo("0+4:r0 | 0+4:r1 4+4:r2 8+1:r3");
        assertThat(arguments(times(2, JAVA_INT, three, JAVA_INT)))
                .endsWith("0+4:r1 | 0+4:r2 4+4:r3 8+1:stack0 | 0+4:stack4");
    }

    @Test
    void aStructIsNotSplitBehindAnotherArgumentOnTheStack() {
        MemoryLayout three = structLayout(JAVA_INT, JAVA_INT, JAVA_INT);
        assertThat(arguments(times(9, JAVA_DOUBLE, JAVA_INT, JAVA_INT, three, JAVA_INT)))
                .endsWith("0+8:stack0 | 0+4:r0 | 0+4:r1 | 0+12:stack8 | 0+4:stack20");
    }

    @Test
    void homogeneousAggregatesTakeARegisterForEachMember() {
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_FLOAT), JAVA_DOUBLE, JAVA_FLOAT))
                .isEqualTo("0+4:v0 4+4:v1 | 0+8:v1 | 0+4:v4");
        assertThat(arguments(structLayout(sequenceLayout(4, JAVA_DOUBLE))))
                .isEqualTo("0+8:v0 8+8:v1 16+8:v2 24+8:v3");
        assertThat(arguments(unionLayout(JAVA_FLOAT, sequenceLayout(2, JAVA_FLOAT)))).isEqualTo("0+4:v0 4+4:v1");
    }

    @Test
    void fiveMembersOrTwoTypesAreNotHomogeneous() {
        assertThat(arguments(structLayout(sequenceLayout(5, JAVA_FLOAT))))
                .isEqualTo("0+4:r0 4+4:r1 8+4:r2 12+4:r3 16+4:stack0");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_INT))).isEqualTo("0+4:r0 4+4:r1");
    }

    @Test
    void resultsOfMoreThanAWordAreInMemoryUnlessHomogeneousOrNoStruct() {
        assertThat(result(JAVA_LONG)).isEqualTo("0+4:r0 4+4:r1");
        assertThat(result(JAVA_DOUBLE)).isEqualTo("0+8:v0");
        assertThat(result(structLayout(JAVA_BYTE, JAVA_BYTE))).isEqualTo("0+2:r0");
        assertThat(result(structLayout(JAVA_INT, JAVA_BYTE))).isEqualTo("memory at r0");
        assertThat(result(structLayout(JAVA_DOUBLE, JAVA_DOUBLE))).isEqualTo("0+8:v0 8+8:v1");
    }

    @Test
    void theHiddenArgumentComesLast() {
        assertThat(port.trailingArgument(FunctionDescriptor.ofVoid()).entry("append_")).isEqualTo("append_gp0");
        assertThat(port.trailingArgument(FunctionDescriptor.ofVoid(JAVA_INT, JAVA_LONG)).entry("append_"))
                .isEqualTo("append_stack");
        assertThat(port.trailingArgument(FunctionDescriptor.of(structLayout(JAVA_LONG), JAVA_INT)).entry("append_"))
                .isEqualTo("append_gp2");
        TrailingArgument last = port.trailingArgument(FunctionDescriptor.ofVoid(times(6, JAVA_INT)));
        assertThat(last.entry("append_")).isEqualTo("append_stack");
        assertThat(last.stackSize()).isEqualTo(8);
        assertThat(last.dead()).isEqualTo("dead");
    }

    private static MemoryLayout complex(MemoryLayout part) {
        return ExtendedType.COMPLEX.layout(part, 2, part.byteAlignment());
    }

    private static MemoryLayout vector(MemoryLayout element, int count) {
        return ExtendedType.VECTOR.layout(element, count, 8);
    }

    @Test
    void vectorsTakeOneRegisterOfTheirSize() {
        assertThat(arguments(JAVA_INT, vector(JAVA_INT, 4), JAVA_FLOAT, vector(JAVA_FLOAT, 2), JAVA_FLOAT))
                .isEqualTo("0+4:r0 | 0+16:v0 | 0+4:v4 | 0+8:v3 | 0+4:v5");
        assertThat(arguments(times(7, JAVA_DOUBLE, vector(JAVA_INT, 4), JAVA_INT, JAVA_FLOAT)))
                .endsWith("0+8:v6 | 0+16:stack0 | 0+4:r0 | 0+4:stack16");
        assertThat(result(vector(JAVA_INT, 4))).isEqualTo("0+16:v0");
        assertThat(result(structLayout(vector(JAVA_INT, 4), vector(JAVA_FLOAT, 4)))).isEqualTo("0+16:v0 16+16:v1");
    }

    @Test
    void aComplexNumberIsAHomogeneousAggregateOfTwo() {
        assertThat(arguments(complex(JAVA_FLOAT), complex(JAVA_DOUBLE))).isEqualTo("0+4:v0 4+4:v1 | 0+8:v1 8+8:v2");
        assertThat(result(complex(JAVA_DOUBLE))).isEqualTo("0+8:v0 8+8:v1");
    }

    @Test
    void anAggregateWithPaddingIsNotHomogeneous() {
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4)))).isEqualTo("0+4:r0 4+4:r1");
    }

    @Test
    void whatIsAlignedAsAWholeTravelsAsIfItWereNot() {
        assertThat(arguments(JAVA_INT, structLayout(JAVA_INT, JAVA_INT).withByteAlignment(8)))
                .isEqualTo("0+4:r0 | 0+4:r1 4+4:r2");
        assertThat(arguments(JAVA_INT, structLayout(JAVA_INT.withByteAlignment(8), JAVA_INT)))
                .isEqualTo("0+4:r0 | 0+4:r2 4+4:r3");
    }

    private String arguments(CallSequence call) {
        return call.arguments().stream().map(places::show).collect(Collectors.joining(" | "));
    }

    private Convention convention(String name) {
        return Objects.requireNonNull(port.conventions().get(name));
    }

    private CallSequence base(FunctionDescriptor function) {
        return convention("SYSV").classify(function, Convention.NO_DOTS);
    }

    private String baseArguments(MemoryLayout... layouts) {
        return arguments(base(FunctionDescriptor.ofVoid(layouts)));
    }

    private String baseResult(MemoryLayout layout) {
        return places.show(base(FunctionDescriptor.of(layout)).result());
    }

    @Test
    void inTheBaseStandardAllIsInCoreRegisters() {
        assertThat(baseArguments(JAVA_FLOAT, JAVA_DOUBLE, JAVA_FLOAT, JAVA_DOUBLE))
                .isEqualTo("0+4:r0 | 0+4:r2 4+4:r3 | 0+4:stack0 | 0+8:stack8");
        assertThat(baseArguments(JAVA_INT, structLayout(sequenceLayout(4, JAVA_FLOAT)), JAVA_FLOAT))
                .isEqualTo("0+4:r0 | 0+4:r1 4+4:r2 8+4:r3 12+4:stack0 | 0+4:stack4");
        assertThat(baseArguments(complex(JAVA_DOUBLE))).isEqualTo("0+4:r0 4+4:r1 8+4:r2 12+4:r3");
        assertThat(baseArguments(JAVA_INT, vector(JAVA_FLOAT, 4), JAVA_FLOAT))
                .isEqualTo("0+4:r0 | 0+4:r2 4+4:r3 8+4:stack0 12+4:stack4 | 0+4:stack8");
    }

    @Test
    void resultsOfTheBaseStandardAreInCoreRegistersToo() {
        assertThat(baseResult(JAVA_FLOAT)).isEqualTo("0+4:r0");
        assertThat(baseResult(JAVA_DOUBLE)).isEqualTo("0+4:r0 4+4:r1");
        assertThat(baseResult(structLayout(JAVA_FLOAT))).isEqualTo("0+4:r0");
        assertThat(baseResult(structLayout(JAVA_FLOAT, JAVA_FLOAT))).isEqualTo("memory at r0");
        assertThat(baseResult(complex(JAVA_FLOAT))).isEqualTo("memory at r0");
        assertThat(baseResult(vector(JAVA_FLOAT, 2))).isEqualTo("0+4:r0 4+4:r1");
        assertThat(baseResult(vector(JAVA_FLOAT, 4))).isEqualTo("0+4:r0 4+4:r1 8+4:r2 12+4:r3");
    }

    @Test
    void threeDotsMeanTheBaseStandard() {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_DOUBLE, JAVA_DOUBLE, JAVA_FLOAT);
        Convention own = port.ownConvention();
        for (int fixed : new int[]{1, 2}) {
            assertThat(own.classify(function, fixed)).isEqualTo(base(function));
            assertThat(convention("VFP").classify(function, fixed)).isEqualTo(base(function));
        }
        assertThat(own.classify(function, Convention.NO_DOTS)).isEqualTo(port.classify(function))
                .isEqualTo(convention("VFP").classify(function, Convention.NO_DOTS)).isNotEqualTo(base(function));
    }

    @Test
    void typesOfOtherProcessorsAreRefused() {
        for (MemoryLayout unknown : List.of(ExtendedType.QUAD.layout(JAVA_BYTE, 16, 16),
                structLayout(ExtendedType.INT128.layout(JAVA_BYTE, 16, 16)))) {
            requireRefused(port.ownConvention(), unknown, "128", "AAPCS-VFP");
            requireRefused(convention("SYSV"), unknown, "128", "AAPCS ");
        }
    }
}
