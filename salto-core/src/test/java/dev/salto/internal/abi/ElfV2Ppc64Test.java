// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static dev.salto.internal.abi.Places.COMPLEX_DOUBLE;
import static dev.salto.internal.abi.Places.COMPLEX_FLOAT;
import static dev.salto.internal.abi.Places.DOUBLE_DOUBLE;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where ELFv2 for 64-bit PowerPC puts arguments and results. Expected places are written as
 * {@code offset+size:place}.
 */
@Tag("host")
final class ElfV2Ppc64Test {
    private final Port port = new ElfV2Ppc64();

    private final Places places = new Places(port, n -> "r" + (3 + n), n -> "f" + (1 + n));

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void aFloatTakesThePlaceOfAnIntegerToo() {
        assertThat(arguments(JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_FLOAT, JAVA_BYTE))
                .isEqualTo("0+4:r3 | 0+8:f1 | 0+8:r5 | 0+4:f2 | 0+1:r7");
    }

    @Test
    void theNinthIntegerGoesOnTheStackBehindTheDoublewordsOfTheRegisters() {
        assertThat(arguments(times(10, JAVA_LONG))).endsWith("0+8:r10 | 0+8:stack64 | 0+8:stack72");
    }

    @Test
    void thirteenDoublesAreInRegistersAndTheNextHasTheDoublewordOfItsPlace() {
        assertThat(arguments(times(14, JAVA_DOUBLE))).endsWith("0+8:f12 | 0+8:f13 | 0+8:stack104");
    }

    @Test
    void anIntegerBehindEightDoublesIsOnTheStack() {
        assertThat(arguments(join(times(8, JAVA_DOUBLE), JAVA_INT))).endsWith("0+8:f8 | 0+4:stack64");
    }

    @Test
    void aStructTakesAsManyDoublewordsAsItNeeds() {
        assertThat(arguments(structLayout(sequenceLayout(3, JAVA_BYTE)), JAVA_INT)).isEqualTo("0+3:r3 | 0+4:r4");
        assertThat(arguments(structLayout(JAVA_LONG, JAVA_DOUBLE), JAVA_DOUBLE))
                .isEqualTo("0+8:r3 8+8:r4 | 0+8:f1");
        assertThat(arguments(structLayout(sequenceLayout(5, JAVA_INT)), JAVA_INT))
                .isEqualTo("0+8:r3 8+8:r4 16+4:r5 | 0+4:r6");
    }

    @Test
    void aStructCanBeginInRegistersAndEndOnTheStack() {
        assertThat(arguments(join(times(6, JAVA_INT), structLayout(times(4, JAVA_LONG)), JAVA_INT)))
                .endsWith("0+8:r9 8+8:r10 16+16:stack64 | 0+4:stack80");
    }

    @Test
    void upToEightFloatsOfOneTypeAreInRegistersOfTheirOwn() {
        assertThat(arguments(structLayout(times(8, JAVA_DOUBLE)), JAVA_INT))
                .startsWith("0+8:f1 8+8:f2 ").endsWith(" 56+8:f8 | 0+4:stack64");
        assertThat(arguments(structLayout(times(3, JAVA_FLOAT)), JAVA_INT))
                .as("two to a doubleword").isEqualTo("0+4:f1 4+4:f2 8+4:f3 | 0+4:r5");
        assertThat(arguments(structLayout(times(9, JAVA_FLOAT)))).startsWith("0+8:r3 ").endsWith(" 32+4:r7");
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4), JAVA_DOUBLE))).isEqualTo("0+8:r3 8+8:r4");
        assertThat(arguments(structLayout(JAVA_DOUBLE, paddingLayout(8)))).isEqualTo("0+8:r3 8+8:r4");
    }

    @Test
    void theFloatsOfAUnionAreAsManyAsThoseOfItsLargestMember() {
        assertThat(arguments(unionLayout(JAVA_DOUBLE, sequenceLayout(2, JAVA_DOUBLE)))).isEqualTo("0+8:f1 8+8:f2");
        assertThat(arguments(unionLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:r3");
    }

    @Test
    void floatsOfAStructThatFindNoRegisterOfTheirOwnTravelAsIntegersDo() {
        MemoryLayout floats = structLayout(times(8, JAVA_FLOAT));
        assertThat(arguments(floats, floats, JAVA_FLOAT))
                .endsWith("16+4:f13 16+8:r9 24+8:r10 | 0+4:stack64");
        assertThat(arguments(structLayout(times(8, JAVA_DOUBLE)), structLayout(times(6, JAVA_DOUBLE))))
                .endsWith("32+8:f13 40+8:stack104");
        assertThat(arguments(times(12, JAVA_DOUBLE, structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT))))
                .as("the first half of a doubleword on the stack is in a register").endsWith("0+4:f13 4+8:stack100");
        assertThat(arguments(floats, structLayout(times(5, JAVA_FLOAT)), JAVA_FLOAT)).endsWith("16+4:f13 | 0+4:r10");
    }

    @Test
    void aStructAlignedToSixteenBeginsAtAnEvenDoubleword() {
        MemoryLayout aligned = structLayout(JAVA_LONG, JAVA_LONG).withByteAlignment(16);
        assertThat(arguments(JAVA_INT, aligned, JAVA_INT)).isEqualTo("0+4:r3 | 0+8:r5 8+8:r6 | 0+4:r7");
        assertThat(arguments(join(times(9, JAVA_INT), aligned))).endsWith("0+4:stack64 | 0+16:stack80");
        assertThat(arguments(JAVA_INT, structLayout(JAVA_DOUBLE, JAVA_DOUBLE).withByteAlignment(16), JAVA_INT))
                .as("but not one of floats").isEqualTo("0+4:r3 | 0+8:f1 8+8:f2 | 0+4:r6");
    }

    @Test
    void anEmptyStructTakesNoRoom() {
        assertThat(arguments(structLayout(), JAVA_INT)).isEqualTo(" | 0+4:r3");
        assertThat(result(structLayout())).isEqualTo("none");
    }

    @Test
    void resultsComeInRegistersOrThroughAPointer() {
        assertThat(result(JAVA_INT)).isEqualTo("0+4:r3");
        assertThat(result(JAVA_FLOAT)).isEqualTo("0+4:f1");
        assertThat(result(structLayout(JAVA_DOUBLE, JAVA_LONG))).isEqualTo("0+8:r3 8+8:r4");
        assertThat(result(structLayout(times(8, JAVA_DOUBLE)))).startsWith("0+8:f1 ").endsWith(" 56+8:f8");
        assertThat(result(structLayout(times(3, JAVA_LONG)))).isEqualTo("memory at r3");
        assertThat(result(structLayout(times(9, JAVA_DOUBLE)))).isEqualTo("memory at r3");
    }

    @Test
    void thePointerToAResultIsTheFirstArgument() {
        MemoryLayout large = structLayout(times(3, JAVA_LONG));
        CallSequence sequence = port.classify(FunctionDescriptor.of(large, JAVA_INT));

        assertThat(places.show(sequence.arguments().getFirst())).isEqualTo("0+4:r4");
        assertThat(port.trailingArgument(FunctionDescriptor.of(large)).entry("append_")).isEqualTo("append_gp1");
    }

    @Test
    void theHiddenArgumentFollowsTheCallersOwn() {
        assertThat(trailing(JAVA_INT, JAVA_DOUBLE)).isEqualTo("append_gp2, 0 bytes of stack");
        assertThat(trailing(times(7, JAVA_DOUBLE))).isEqualTo("append_gp7, 0 bytes of stack");
        assertThat(trailing(times(8, JAVA_INT))).isEqualTo("append_stack, 64 bytes of stack");
        assertThat(trailing(times(9, JAVA_DOUBLE))).isEqualTo("append_stack, 72 bytes of stack");
        assertThat(trailing(structLayout(times(11, JAVA_LONG)))).isEqualTo("append_stack, 88 bytes of stack");
    }

    @Test
    void theSizeOfTheStackArgumentsCountsTheDoublewordsOfTheRegistersIfThereAreAny() {
        assertThat(port.classify(FunctionDescriptor.ofVoid(times(9, JAVA_INT))).stackSize()).isEqualTo(72);
        assertThat(port.classify(FunctionDescriptor.ofVoid(times(9, JAVA_DOUBLE))).stackSize()).isZero();
    }

    private String trailing(MemoryLayout... layouts) {
        TrailingArgument place = port.trailingArgument(FunctionDescriptor.ofVoid(layouts));
        return place.entry("append_") + ", " + place.stackSize() + " bytes of stack";
    }

    @Test
    void anArrayWithoutElementsMakesAnAggregateNotHomogeneous() {
        MemoryLayout struct = structLayout(JAVA_FLOAT, JAVA_FLOAT, sequenceLayout(0, JAVA_INT));
        assertThat(arguments(struct, JAVA_FLOAT)).isEqualTo("0+8:r3 | 0+4:f1");
        assertThat(result(struct)).isEqualTo("0+8:r3");
    }

    /** As compilers do it. */
    @Test
    void oneNumberBesideArraysWithoutElementsIsPassedLikeANumberAndReturnedLikeAnInteger() {
        for (MemoryLayout element : new MemoryLayout[]{JAVA_FLOAT, JAVA_INT}) {
            MemoryLayout struct = structLayout(JAVA_FLOAT, sequenceLayout(0, element));
            assertThat(arguments(struct, JAVA_FLOAT)).isEqualTo("0+4:f1 | 0+4:f2");
            assertThat(result(struct)).isEqualTo("0+4:r3");
        }
        MemoryLayout padded = structLayout(JAVA_FLOAT, MemoryLayout.paddingLayout(4), sequenceLayout(0, JAVA_DOUBLE));
        assertThat(arguments(padded)).isEqualTo("0+8:r3");
    }

    @Test
    void aggregatesThatTheLinkerMistakesAreRefused() {
        for (MemoryLayout mistaken : new MemoryLayout[]{structLayout(JAVA_FLOAT, unionLayout(JAVA_FLOAT, JAVA_FLOAT)),
            structLayout(JAVA_FLOAT, sequenceLayout(0, JAVA_INT))}) {
            assertThatThrownBy(() -> port.requireLinkable(FunctionDescriptor.of(mistaken)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(mistaken.toString(), "pass a pointer");
        }
        port.requireLinkable(FunctionDescriptor.of(structLayout(sequenceLayout(8, JAVA_DOUBLE))));
    }

    @Test
    void aLongDoubleOfTwoDoublesTravelsLikeThem() {
        assertThat(arguments(JAVA_INT, DOUBLE_DOUBLE, JAVA_INT)).isEqualTo("0+4:r3 | 0+8:f1 8+8:f2 | 0+4:r6");
        assertThat(arguments(join(times(12, JAVA_DOUBLE), DOUBLE_DOUBLE, JAVA_INT)))
                .endsWith("0+8:f13 8+8:stack104 | 0+4:stack112");
        assertThat(result(DOUBLE_DOUBLE)).isEqualTo("0+8:f1 8+8:f2");
        assertThat(arguments(JAVA_INT, structLayout(DOUBLE_DOUBLE), JAVA_INT))
                .isEqualTo("0+4:r3 | 0+8:f1 8+8:f2 | 0+4:r6");
    }

    @Test
    void aHomogeneousAggregateOfWideNumbersHasEightRegistersToo() {
        assertThat(arguments(structLayout(times(4, DOUBLE_DOUBLE)))).endsWith("48+8:f7 56+8:f8");
        assertThat(result(structLayout(times(4, DOUBLE_DOUBLE)))).endsWith("48+8:f7 56+8:f8");
        assertThat(arguments(JAVA_INT, structLayout(times(5, DOUBLE_DOUBLE))))
                .isEqualTo("0+4:r3 | 0+8:r5 8+8:r6 16+8:r7 24+8:r8 32+8:r9 40+8:r10 48+32:stack64");
        assertThat(result(structLayout(times(5, DOUBLE_DOUBLE)))).isEqualTo("memory at r3");
        assertThat(arguments(structLayout(times(8, QUAD)), JAVA_INT)).startsWith("0+16:quad0 16+16:quad1 ")
                .endsWith(" 112+16:quad7 | 0+4:stack128");
        assertThat(result(structLayout(times(9, QUAD)))).isEqualTo("memory at r3");
        assertThat(result(structLayout(DOUBLE_DOUBLE, JAVA_LONG, paddingLayout(8)))).isEqualTo("memory at r3");
    }

    @Test
    void aQuadIsInARegisterOfItsOwnKindAndTakesAnEvenDoubleword() {
        assertThat(arguments(JAVA_INT, QUAD, JAVA_INT)).isEqualTo("0+4:r3 | 0+16:quad0 | 0+4:r7");
        assertThat(arguments(join(times(13, QUAD), JAVA_INT))).endsWith("0+16:quad11 | 0+16:stack192 | 0+4:stack208");
        assertThat(result(QUAD)).isEqualTo("0+16:quad0");
    }

    @Test
    void anIntegerOfTwoDoublewordsNeedNotBeginAtAnEvenOne() {
        assertThat(arguments(JAVA_INT, INT128, JAVA_INT)).isEqualTo("0+4:r3 | 0+8:r4 8+8:r5 | 0+4:r6");
        assertThat(arguments(join(times(7, JAVA_INT), INT128, JAVA_INT)))
                .endsWith("0+8:r10 8+8:stack64 | 0+4:stack72");
        assertThat(arguments(JAVA_INT, structLayout(INT128), JAVA_INT)).as("but a struct of one has to")
                .isEqualTo("0+4:r3 | 0+8:r5 8+8:r6 | 0+4:r7");
        assertThat(result(INT128)).isEqualTo("0+8:r3 8+8:r4");
    }

    @Test
    void aComplexNumberTravelsLikeTwoArguments() {
        assertThat(arguments(JAVA_INT, COMPLEX_FLOAT, JAVA_INT)).isEqualTo("0+4:r3 | 0+4:f1 4+4:f2 | 0+4:r6");
        assertThat(arguments(join(times(12, JAVA_FLOAT), COMPLEX_FLOAT, JAVA_INT)))
                .endsWith("0+4:f13 4+4:stack104 | 0+4:stack112");
        assertThat(arguments(JAVA_INT, structLayout(COMPLEX_FLOAT), JAVA_INT)).as("but in a struct like two members")
                .isEqualTo("0+4:r3 | 0+4:f1 4+4:f2 | 0+4:r5");
        assertThat(arguments(complex(DOUBLE_DOUBLE), JAVA_INT)).isEqualTo("0+8:f1 8+8:f2 16+8:f3 24+8:f4 | 0+4:r7");
        assertThat(result(COMPLEX_FLOAT)).isEqualTo("0+4:f1 4+4:f2");
        assertThat(result(COMPLEX_DOUBLE)).isEqualTo("0+8:f1 8+8:f2");
        assertThat(result(complex(DOUBLE_DOUBLE))).isEqualTo("0+8:f1 8+8:f2 16+8:f3 24+8:f4");
    }

    @Test
    void behindThreeDotsAllIsInIntegerRegisters() {
        assertThat(
                places.variadicArguments(1, JAVA_DOUBLE, JAVA_DOUBLE, JAVA_INT, structLayout(JAVA_FLOAT, JAVA_FLOAT)))
                .isEqualTo("0+8:f1 | 0+8:r4 | 0+4:r5 | 0+8:r6");
        assertThat(places.variadicArguments(1, JAVA_INT, DOUBLE_DOUBLE, COMPLEX_FLOAT, INT128))
                .isEqualTo("0+4:r3 | 0+8:r4 8+8:r5 | 0+4:r6 4+4:r7 | 0+8:r8 8+8:r9");
        assertThat(places.variadicArguments(1, JAVA_INT, QUAD, JAVA_INT)).isEqualTo("0+4:r3 | 0+8:r5 8+8:r6 | 0+4:r7");
    }

    @Test
    void vectorsAreRefused() {
        Convention convention = port.ownConvention();
        requireRefused(convention, VECTOR, "VECTOR", port.abi());
        requireRefused(convention, structLayout(VECTOR, JAVA_LONG, JAVA_LONG), "VECTOR", port.abi());
        convention.classify(FunctionDescriptor.of(QUAD, COMPLEX_FLOAT, INT128), 2);
    }
}
