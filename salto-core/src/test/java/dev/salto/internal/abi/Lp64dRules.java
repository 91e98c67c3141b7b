// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static dev.salto.internal.abi.Places.COMPLEX_DOUBLE;
import static dev.salto.internal.abi.Places.COMPLEX_FLOAT;
import static dev.salto.internal.abi.Places.INT128;
import static dev.salto.internal.abi.Places.QUAD;
import static dev.salto.internal.abi.Places.VECTOR;
import static dev.salto.internal.abi.Places.complex;
import static dev.salto.internal.abi.Places.join;
import static dev.salto.internal.abi.Places.times;
import static dev.salto.internal.abi.Places.requireRefused;
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
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where the calling convention that RISC-V and LoongArch share puts arguments and results, for a
 * test of each.
 */
@Tag("host")
abstract class Lp64dRules {
    private final Port port;

    private final Places places;

    Lp64dRules(Port port) {
        this.port = port;
        this.places = new Places(port, n -> "a" + n, n -> "fa" + n);
    }

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void integersAndFloatsTakeTheirOwnRegisters() {
        assertThat(arguments(JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_FLOAT, JAVA_BYTE))
                .isEqualTo("0+4:a0 | 0+8:fa0 | 0+8:a1 | 0+4:fa1 | 0+1:a2");
    }

    @Test
    void theNinthIntegerGoesOnTheStack() {
        assertThat(arguments(times(10, JAVA_LONG))).endsWith("0+8:a7 | 0+8:stack0 | 0+8:stack8");
    }

    @Test
    void theNinthDoubleTakesAnIntegerRegisterAndTheStackWhenThoseAreSpent() {
        assertThat(arguments(times(9, JAVA_DOUBLE, JAVA_INT))).endsWith("0+8:fa7 | 0+8:a0 | 0+4:a1");
        assertThat(arguments(times(17, JAVA_DOUBLE))).endsWith("0+8:a7 | 0+8:stack0");
    }

    @Test
    void aStructOfUpToTwoNumbersOneOfThemFloatingPointIsTakenApart() {
        assertThat(arguments(structLayout(JAVA_DOUBLE))).isEqualTo("0+8:fa0");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_FLOAT))).isEqualTo("0+4:fa0 4+4:fa1");
        assertThat(arguments(structLayout(JAVA_LONG, JAVA_DOUBLE))).isEqualTo("0+8:a0 8+8:fa0");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_BYTE, paddingLayout(3)))).isEqualTo("0+4:fa0 4+1:a0");
    }

    @Test
    void otherSmallStructsTravelInWords() {
        assertThat(arguments(structLayout(JAVA_INT, JAVA_INT))).isEqualTo("0+8:a0");
        assertThat(arguments(structLayout(JAVA_LONG, JAVA_INT))).isEqualTo("0+8:a0 8+4:a1");
        assertThat(arguments(structLayout(times(3, JAVA_FLOAT)))).isEqualTo("0+8:a0 8+4:a1");
        assertThat(arguments(structLayout(JAVA_INT, JAVA_INT, JAVA_DOUBLE))).isEqualTo("0+8:a0 8+8:a1");
    }

    @Test
    void nestedStructsAndArraysCountByTheirFields() {
        MemoryLayout inner = structLayout(JAVA_FLOAT);
        assertThat(arguments(structLayout(inner, sequenceLayout(1, JAVA_INT)))).isEqualTo("0+4:fa0 4+4:a0");
        assertThat(arguments(structLayout(sequenceLayout(2, JAVA_DOUBLE)))).isEqualTo("0+8:fa0 8+8:fa1");
        assertThat(arguments(structLayout(sequenceLayout(3, inner)))).isEqualTo("0+8:a0 8+4:a1");
    }

    @Test
    void aUnionAndAStructAroundOneTravelInWords() {
        assertThat(arguments(unionLayout(JAVA_DOUBLE, JAVA_FLOAT))).isEqualTo("0+8:a0");
        assertThat(arguments(structLayout(JAVA_FLOAT, unionLayout(JAVA_FLOAT)))).isEqualTo("0+8:a0");
        assertThat(arguments(structLayout(JAVA_FLOAT, sequenceLayout(0, unionLayout(JAVA_FLOAT)))))
                .isEqualTo("0+4:fa0");
    }

    @Test
    void aPointerIsNoIntegerBesideAFloatingPointNumber() {
        assertThat(arguments(structLayout(ADDRESS, JAVA_DOUBLE))).isEqualTo("0+8:a0 8+8:a1");
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4), ADDRESS))).isEqualTo("0+8:a0 8+8:a1");
    }

    @Test
    void aStructIsNotTakenApartWhenEitherKindOfRegisterIsMissing() {
        MemoryLayout pair = structLayout(JAVA_DOUBLE, JAVA_DOUBLE);
        assertThat(arguments(times(7, JAVA_DOUBLE, pair, JAVA_DOUBLE))).endsWith("fa6 | 0+8:a0 8+8:a1 | 0+8:fa7");
        MemoryLayout mixed = structLayout(JAVA_FLOAT, JAVA_INT);
        assertThat(arguments(times(8, JAVA_FLOAT, mixed))).endsWith("fa7 | 0+8:a0");
        assertThat(arguments(times(8, JAVA_INT, mixed, JAVA_FLOAT))).endsWith("a7 | 0+8:stack0 | 0+4:fa0");
    }

    @Test
    void aStructIsSplitBetweenTheLastRegisterAndTheStack() {
        MemoryLayout pair = structLayout(JAVA_LONG, JAVA_INT);
        assertThat(arguments(times(7, JAVA_INT, pair, JAVA_INT))).endsWith("a6 | 0+8:a7 8+4:stack0 | 0+4:stack8");
        assertThat(arguments(times(8, JAVA_INT, pair, JAVA_INT))).endsWith("a7 | 0+12:stack0 | 0+4:stack16");
    }

    @Test
    void aStructAlignedToTwoWordsBeginsInAnyRegisterButNotAnywhereOnTheStack() {
        MemoryLayout aligned = structLayout(JAVA_LONG, JAVA_LONG).withByteAlignment(16);
        assertThat(arguments(JAVA_INT, aligned)).endsWith("0+8:a1 8+8:a2");
        assertThat(arguments(times(9, JAVA_INT, aligned))).endsWith("0+4:stack0 | 0+16:stack16");
    }

    @Test
    void aLargeStructIsPassedByReference() {
        MemoryLayout large = structLayout(times(3, JAVA_DOUBLE));
        assertThat(arguments(large, JAVA_INT)).isEqualTo("0+24:*a0 | 0+4:a1");
        assertThat(arguments(times(8, JAVA_INT, large))).endsWith("a7 | 0+24:*stack0");
    }

    @Test
    void oneNumberAmongMuchPaddingIsStillOneNumber() {
        assertThat(arguments(structLayout(JAVA_DOUBLE, paddingLayout(24)).withByteAlignment(32))).isEqualTo("0+8:fa0");
    }

    @Test
    void anEmptyStructTakesNoRoom() {
        assertThat(arguments(structLayout(), JAVA_INT)).isEqualTo(" | 0+4:a0");
        assertThat(arguments(times(8, JAVA_INT, structLayout()))).endsWith("a7 | ");
        assertThat(result(structLayout())).isEqualTo("none");
    }

    @Test
    void aResultIsWhereAFirstArgumentWouldBe() {
        assertThat(result(JAVA_INT)).isEqualTo("0+4:a0");
        assertThat(result(JAVA_FLOAT)).isEqualTo("0+4:fa0");
        assertThat(result(structLayout(JAVA_LONG, JAVA_INT))).isEqualTo("0+8:a0 8+4:a1");
        assertThat(result(structLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:fa0 8+8:a0");
        assertThat(result(structLayout(times(3, JAVA_LONG)))).isEqualTo("memory at a0");
    }

    @Test
    void thePointerToAResultIsTheFirstIntegerArgument() {
        MemoryLayout large = structLayout(times(3, JAVA_LONG));
        CallSequence sequence = port.classify(FunctionDescriptor.of(large, JAVA_INT));

        assertThat(places.show(sequence.arguments().getFirst())).isEqualTo("0+4:a1");
        assertThat(port.trailingArgument(FunctionDescriptor.of(large)).entry("append_")).isEqualTo("append_gp1");
    }

    @Test
    void theHiddenArgumentFollowsTheCallersOwn() {
        assertThat(trailing(JAVA_INT, JAVA_DOUBLE)).isEqualTo("append_gp1, 0 bytes of stack");
        assertThat(trailing(times(9, JAVA_DOUBLE))).isEqualTo("append_gp1, 0 bytes of stack");
        assertThat(trailing(times(8, JAVA_INT))).isEqualTo("append_stack, 0 bytes of stack");
        assertThat(trailing(times(11, JAVA_INT))).isEqualTo("append_stack, 24 bytes of stack");
        assertThat(trailing(times(7, JAVA_INT, structLayout(JAVA_LONG, JAVA_LONG))))
                .isEqualTo("append_stack, 8 bytes of stack");
    }

    private String trailing(MemoryLayout... layouts) {
        TrailingArgument place = port.trailingArgument(FunctionDescriptor.ofVoid(layouts));
        return place.entry("append_") + ", " + place.stackSize() + " bytes of stack";
    }

    @Test
    void whatHasTwoWordsTravelsInThem() {
        assertThat(arguments(JAVA_INT, QUAD, INT128)).isEqualTo("0+4:a0 | 0+8:a1 8+8:a2 | 0+8:a3 8+8:a4");
        assertThat(arguments(join(times(7, JAVA_INT), QUAD))).endsWith("0+8:a7 8+8:stack0");
        assertThat(arguments(join(times(9, JAVA_INT), INT128, JAVA_INT)))
                .endsWith("0+4:stack0 | 0+16:stack16 | 0+4:stack32");
        assertThat(result(QUAD)).isEqualTo("0+8:a0 8+8:a1");
        assertThat(result(INT128)).isEqualTo("0+8:a0 8+8:a1");
    }

    @Test
    void aStructWithAWideNumberTravelsAsAWhole() {
        assertThat(arguments(structLayout(QUAD))).isEqualTo("0+8:a0 8+8:a1");
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(12), INT128))).isEqualTo("0+32:*a0");
        assertThat(result(structLayout(QUAD, JAVA_DOUBLE, paddingLayout(8)))).isEqualTo("memory at a0");
    }

    @Test
    void aComplexNumberTravelsLikeAStructOfTwo() {
        assertThat(arguments(JAVA_INT, COMPLEX_FLOAT, COMPLEX_DOUBLE))
                .isEqualTo("0+4:a0 | 0+4:fa0 4+4:fa1 | 0+8:fa2 8+8:fa3");
        assertThat(arguments(join(times(7, JAVA_DOUBLE), COMPLEX_FLOAT, COMPLEX_DOUBLE, JAVA_FLOAT)))
                .endsWith("0+8:a0 | 0+8:a1 8+8:a2 | 0+4:fa7");
        assertThat(arguments(structLayout(COMPLEX_FLOAT))).isEqualTo("0+4:fa0 4+4:fa1");
        assertThat(arguments(structLayout(COMPLEX_FLOAT, JAVA_FLOAT))).isEqualTo("0+8:a0 8+4:a1");
        assertThat(arguments(complex(QUAD))).isEqualTo("0+32:*a0");
        assertThat(result(COMPLEX_FLOAT)).isEqualTo("0+4:fa0 4+4:fa1");
        assertThat(result(complex(QUAD))).isEqualTo("memory at a0");
    }

    @Test
    void behindThreeDotsAllTravelsLikeIntegers() {
        assertThat(places.variadicArguments(1, JAVA_DOUBLE, JAVA_DOUBLE, JAVA_INT, structLayout(JAVA_FLOAT, JAVA_FLOAT),
                structLayout(JAVA_LONG, JAVA_DOUBLE)))
                .isEqualTo("0+8:fa0 | 0+8:a0 | 0+4:a1 | 0+8:a2 | 0+8:a3 8+8:a4");
    }

    @Test
    void behindThreeDotsWhatIsAlignedToTwoWordsBeginsInAnEvenRegister() {
        assertThat(places.variadicArguments(1, JAVA_INT, QUAD, JAVA_INT)).isEqualTo("0+4:a0 | 0+8:a2 8+8:a3 | 0+4:a4");
        assertThat(places.variadicArguments(1, join(times(7, JAVA_INT), INT128, JAVA_INT)))
                .endsWith("0+4:a6 | 0+16:stack0 | 0+4:stack16");
        assertThat(places.variadicArguments(1, JAVA_INT, structLayout(JAVA_LONG, JAVA_LONG), complex(QUAD)))
                .isEqualTo("0+4:a0 | 0+8:a1 8+8:a2 | 0+32:*a3");
        assertThat(places.variadicArguments(2, JAVA_INT, QUAD, JAVA_INT)).isEqualTo("0+4:a0 | 0+8:a1 8+8:a2 | 0+4:a3");
    }

    @Test
    void vectorsAreRefused() {
        Convention convention = port.ownConvention();
        requireRefused(convention, VECTOR, "VECTOR", port.abi());
        requireRefused(convention, structLayout(VECTOR, JAVA_LONG, JAVA_LONG), "VECTOR", port.abi());
        convention.classify(FunctionDescriptor.of(QUAD, COMPLEX_FLOAT, INT128), 2);
    }
}
