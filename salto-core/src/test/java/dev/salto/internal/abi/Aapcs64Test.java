// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

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
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where values travel on AArch64, rule by rule. */
@Tag("host")
final class Aapcs64Test {
    private final Port port = new Aapcs64();

    private final Places places = new Places(port, n -> "gp" + n, n -> "fp" + n);

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void integersAndFloatingPointNumbersHaveRegistersOfTheirOwn() {
        assertThat(arguments(JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_FLOAT))
                .isEqualTo("0+4:gp0 | 0+8:fp0 | 0+8:gp1 | 0+4:fp1");
    }

    @Test
    void theNinthGoesOnTheStackInAWholeSlot() {
        assertThat(arguments(times(8, JAVA_INT, JAVA_INT, JAVA_BYTE))).endsWith("0+4:gp7 | 0+4:stack0 | 0+1:stack8");
        assertThat(arguments(times(8, JAVA_DOUBLE, JAVA_FLOAT, JAVA_INT))).endsWith("0+8:fp7 | 0+4:stack0 | 0+4:gp0");
    }

    @Test
    void smallStructsTravelInWords() {
        assertThat(arguments(structLayout(JAVA_LONG, JAVA_INT))).isEqualTo("0+8:gp0 8+4:gp1");
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_INT))).isEqualTo("0+8:gp0");
    }

    @Test
    void aStructIsNotSplitAndClosesTheRegistersBehindIt() {
        assertThat(arguments(times(7, JAVA_INT, structLayout(JAVA_LONG, JAVA_LONG), JAVA_INT)))
                .endsWith("0+4:gp6 | 0+16:stack0 | 0+4:stack16");
    }

    @Test
    void largeStructsArePassedByReference() {
        MemoryLayout large = structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG);
        assertThat(arguments(large, JAVA_INT)).isEqualTo("0+24:*gp0 | 0+4:gp1");
        assertThat(arguments(times(8, JAVA_INT, large))).endsWith("0+24:*stack0");
    }

    @Test
    void homogeneousAggregatesTakeARegisterForEachMember() {
        assertThat(arguments(structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT))).isEqualTo("0+4:fp0 4+4:fp1 8+4:fp2");
        assertThat(arguments(structLayout(structLayout(JAVA_DOUBLE), sequenceLayout(3, JAVA_DOUBLE))))
                .isEqualTo("0+8:fp0 8+8:fp1 16+8:fp2 24+8:fp3");
        assertThat(arguments(unionLayout(JAVA_FLOAT, sequenceLayout(2, JAVA_FLOAT)))).isEqualTo("0+4:fp0 4+4:fp1");
    }

    @Test
    void fiveMembersOrTwoTypesAreNotHomogeneous() {
        assertThat(arguments(structLayout(sequenceLayout(5, JAVA_FLOAT)))).isEqualTo("0+20:*gp0");
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4), JAVA_DOUBLE))).isEqualTo("0+8:gp0 8+8:gp1");
    }

    @Test
    void aHomogeneousAggregateThatDoesNotFitClosesTheRegistersBehindIt() {
        assertThat(arguments(times(6, JAVA_DOUBLE, structLayout(sequenceLayout(3, JAVA_FLOAT)), JAVA_DOUBLE)))
                .endsWith("0+8:fp5 | 0+12:stack0 | 0+8:stack16");
    }

    @Test
    void resultsAreWhereAFirstArgumentWouldBe() {
        assertThat(result(JAVA_INT)).isEqualTo("0+4:gp0");
        assertThat(result(structLayout(JAVA_DOUBLE, JAVA_DOUBLE))).isEqualTo("0+8:fp0 8+8:fp1");
        assertThat(result(structLayout(JAVA_LONG, JAVA_BYTE))).isEqualTo("0+8:gp0 8+1:gp1");
    }

    @Test
    void largeResultsAreInMemoryWhoseAddressTakesNoArgumentRegister() {
        MemoryLayout large = structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG);
        assertThat(result(large)).isEqualTo("memory at gp8");
        assertThat(port.trailingArgument(FunctionDescriptor.of(large, JAVA_INT)).entry("append_"))
                .isEqualTo("append_gp1");
    }

    @Test
    void theHiddenArgumentComesLast() {
        assertThat(port.trailingArgument(FunctionDescriptor.ofVoid()).entry("append_")).isEqualTo("append_gp0");
        TrailingArgument last = port.trailingArgument(FunctionDescriptor.ofVoid(times(10, JAVA_LONG)));
        assertThat(last.entry("append_")).isEqualTo("append_stack");
        assertThat(last.stackSize()).isEqualTo(16);
    }

    private static MemoryLayout quad() {
        return ExtendedType.QUAD.layout(JAVA_BYTE, 16, 16);
    }

    private static MemoryLayout int128() {
        return ExtendedType.INT128.layout(JAVA_BYTE, 16, 16);
    }

    private static MemoryLayout complex(MemoryLayout part) {
        return ExtendedType.COMPLEX.layout(part, 2, part.byteAlignment());
    }

    private static MemoryLayout vector(MemoryLayout element, int count) {
        return ExtendedType.VECTOR.layout(element, count, count * element.byteSize());
    }

    @Test
    void aQuadAndAVectorTakeOneRegister() {
        assertThat(arguments(JAVA_FLOAT, quad(), vector(JAVA_INT, 2), vector(JAVA_DOUBLE, 2), JAVA_INT))
                .isEqualTo("0+4:fp0 | 0+16:fp1 | 0+8:fp2 | 0+16:fp3 | 0+4:gp0");
        assertThat(result(quad())).isEqualTo("0+16:fp0");
        assertThat(result(vector(JAVA_FLOAT, 2))).isEqualTo("0+8:fp0");
    }

    @Test
    void onTheStackTheyAreAlignedToTheirSize() {
        assertThat(arguments(times(8, JAVA_DOUBLE, JAVA_DOUBLE, quad(), vector(JAVA_FLOAT, 2), vector(JAVA_FLOAT, 4))))
                .endsWith("0+8:stack0 | 0+16:stack16 | 0+8:stack32 | 0+16:stack48");
    }

    @Test
    void anInt128BeginsAtAnEvenRegisterAndIsNotSplit() {
        assertThat(arguments(JAVA_INT, int128(), JAVA_INT)).isEqualTo("0+4:gp0 | 0+8:gp2 8+8:gp3 | 0+4:gp4");
        assertThat(arguments(times(7, JAVA_INT, int128(), JAVA_INT))).endsWith("0+4:gp6 | 0+16:stack0 | 0+4:stack16");
        assertThat(arguments(times(9, JAVA_INT, int128()))).endsWith("0+4:stack0 | 0+16:stack16");
        assertThat(result(int128())).isEqualTo("0+8:gp0 8+8:gp1");
    }

    @Test
    void aComplexNumberIsAHomogeneousAggregateOfTwo() {
        assertThat(arguments(complex(JAVA_FLOAT), complex(JAVA_DOUBLE), complex(quad())))
                .isEqualTo("0+4:fp0 4+4:fp1 | 0+8:fp2 8+8:fp3 | 0+16:fp4 16+16:fp5");
        assertThat(result(complex(quad()))).isEqualTo("0+16:fp0 16+16:fp1");
        assertThat(arguments(times(7, JAVA_DOUBLE, complex(quad()), JAVA_FLOAT)))
                .endsWith("0+8:fp6 | 0+32:stack0 | 0+4:stack32");
    }

    @Test
    void vectorsOfOneSizeAreHomogeneousWhateverTheirElements() {
        assertThat(arguments(structLayout(vector(JAVA_INT, 4), vector(JAVA_DOUBLE, 2))))
                .isEqualTo("0+16:fp0 16+16:fp1");
        assertThat(arguments(structLayout(vector(JAVA_INT, 2), JAVA_DOUBLE))).isEqualTo("0+8:gp0 8+8:gp1");
        assertThat(arguments(structLayout(quad(), vector(JAVA_INT, 4)))).isEqualTo("0+32:*gp0");
        assertThat(arguments(structLayout(sequenceLayout(2, complex(JAVA_FLOAT)))))
                .isEqualTo("0+4:fp0 4+4:fp1 8+4:fp2 12+4:fp3");
        assertThat(arguments(structLayout(sequenceLayout(5, vector(JAVA_INT, 2))))).isEqualTo("0+40:*gp0");
    }

    @Test
    void structsWithAnInt128BeginAtAnEvenRegister() {
        assertThat(arguments(JAVA_INT, structLayout(int128()))).isEqualTo("0+4:gp0 | 0+8:gp2 8+8:gp3");
        assertThat(arguments(JAVA_INT, structLayout(int128(), JAVA_LONG, paddingLayout(8))))
                .isEqualTo("0+4:gp0 | 0+32:*gp1");
    }

    @Test
    void whatIsAlignedAsAWholeTravelsAsIfItWereNot() {
        assertThat(arguments(JAVA_INT, structLayout(JAVA_LONG, JAVA_LONG).withByteAlignment(16)))
                .isEqualTo("0+4:gp0 | 0+8:gp1 8+8:gp2");
        assertThat(arguments(JAVA_INT, structLayout(JAVA_LONG.withByteAlignment(16), JAVA_LONG)))
                .isEqualTo("0+4:gp0 | 0+8:gp2 8+8:gp3");
        assertThat(arguments(times(9, JAVA_INT, structLayout(JAVA_LONG, JAVA_LONG).withByteAlignment(16))))
                .endsWith("0+4:stack0 | 0+16:stack8");
    }

    @Test
    void anAggregateWithPaddingIsNotHomogeneous() {
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4)))).isEqualTo("0+8:gp0");
        assertThat(arguments(unionLayout(JAVA_FLOAT, sequenceLayout(3, JAVA_FLOAT), JAVA_FLOAT)))
                .isEqualTo("0+4:fp0 4+4:fp1 8+4:fp2");
    }

    @Test
    void typesOfOtherProcessorsAreRefused() {
        MemoryLayout x87 = ExtendedType.X87.layout(JAVA_BYTE, 16, 16);
        for (MemoryLayout unknown : List.of(x87, structLayout(x87, JAVA_INT), complex(x87))) {
            requireRefused(port.ownConvention(), unknown, "80 bits", "AAPCS64");
        }
    }

    @Test
    void anArrayWithoutElementsMakesAnAggregateNotHomogeneous() {
        for (MemoryLayout element : List.of(JAVA_FLOAT, JAVA_INT)) {
            MemoryLayout struct = structLayout(JAVA_FLOAT, sequenceLayout(0, element));
            assertThat(arguments(struct, JAVA_FLOAT)).isEqualTo("0+4:gp0 | 0+4:fp0");
            assertThat(result(struct)).isEqualTo("0+4:gp0");
        }
    }

    /** Each was seen to fail on the JDK's own stubs. */
    @Test
    void aggregatesThatTheLinkerMistakesAreRefused() {
        for (MemoryLayout mistaken : List.of(unionLayout(JAVA_FLOAT, JAVA_FLOAT),
                structLayout(JAVA_DOUBLE, unionLayout(JAVA_DOUBLE, structLayout(JAVA_DOUBLE, JAVA_DOUBLE))),
                structLayout(sequenceLayout(2, structLayout(JAVA_FLOAT))),
                structLayout(JAVA_FLOAT, sequenceLayout(0, JAVA_INT)))) {
            for (FunctionDescriptor function : List.of(FunctionDescriptor.of(mistaken),
                    FunctionDescriptor.ofVoid(JAVA_INT, mistaken))) {
                assertThatThrownBy(() -> port.requireLinkable(function)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll(mistaken.toString(), "pass a pointer");
            }
        }
        for (MemoryLayout right : List.of(unionLayout(JAVA_FLOAT, JAVA_INT), unionLayout(sequenceLayout(2, JAVA_FLOAT)),
                structLayout(structLayout(JAVA_FLOAT), JAVA_FLOAT),
                structLayout(sequenceLayout(5, structLayout(JAVA_FLOAT))))) {
            port.requireLinkable(FunctionDescriptor.of(right, right));
        }
    }
}
