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
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where the s390x ELF ABI puts arguments and results. Expected places are written as
 * {@code offset+size:place}.
 */
@Tag("host")
final class S390xTest {
    private final Port port = new S390x();

    private final Places places = new Places(port, n -> "r" + (2 + n), n -> "f" + 2 * n);

    private String arguments(MemoryLayout... layouts) {
        return places.arguments(layouts);
    }

    private String result(MemoryLayout layout) {
        return places.result(layout);
    }

    @Test
    void integersAndFloatsTakeTheirOwnRegisters() {
        assertThat(arguments(JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_FLOAT, JAVA_BYTE))
                .isEqualTo("0+4:r2 | 0+8:f0 | 0+8:r3 | 0+4:f2 | 0+1:r4");
    }

    @Test
    void theSixthIntegerAndTheFifthDoubleGoOnTheStack() {
        assertThat(arguments(times(7, JAVA_LONG))).endsWith("0+8:r6 | 0+8:stack0 | 0+8:stack8");
        assertThat(arguments(times(6, JAVA_DOUBLE))).endsWith("0+8:f6 | 0+8:stack0 | 0+8:stack8");
    }

    @Test
    void eachArgumentOnTheStackTakesAWord() {
        assertThat(arguments(join(times(5, JAVA_INT), JAVA_BYTE, JAVA_SHORT, structLayout(JAVA_INT), JAVA_LONG)))
                .endsWith("0+1:stack0 | 0+2:stack8 | 0+4:stack16 | 0+8:stack24");
        assertThat(arguments(join(times(4, JAVA_FLOAT), JAVA_FLOAT, JAVA_FLOAT)))
                .endsWith("0+4:stack0 | 0+4:stack8");
    }

    @Test
    void integersStillTakeRegistersWhenFloatsHaveGoneOnTheStack() {
        assertThat(arguments(join(times(5, JAVA_DOUBLE), JAVA_INT))).endsWith("0+8:stack0 | 0+4:r2");
    }

    @Test
    void aStructOfOneTwoFourOrEightBytesIsPassedLikeAnInteger() {
        assertThat(arguments(structLayout(JAVA_BYTE), structLayout(JAVA_BYTE, JAVA_BYTE), structLayout(JAVA_INT),
                structLayout(JAVA_FLOAT, JAVA_FLOAT), structLayout(JAVA_INT, JAVA_FLOAT)))
                .isEqualTo("0+1:r2 | 0+2:r3 | 0+4:r4 | 0+8:r5 | 0+8:r6");
    }

    @Test
    void aStructOfAnotherSizeIsPassedByReference() {
        assertThat(arguments(structLayout(sequenceLayout(3, JAVA_BYTE)), structLayout(JAVA_LONG, JAVA_LONG),
                structLayout(JAVA_DOUBLE, JAVA_DOUBLE), structLayout()))
                .isEqualTo("0+3:*r2 | 0+16:*r3 | 0+16:*r4 | 0+0:*r5");
        assertThat(arguments(join(times(5, JAVA_INT), structLayout(JAVA_LONG, JAVA_LONG)))).endsWith("0+16:*stack0");
    }

    @Test
    void aStructOfOneFloatingPointNumberIsPassedLikeThatNumber() {
        assertThat(arguments(structLayout(JAVA_FLOAT), structLayout(structLayout(JAVA_DOUBLE))))
                .isEqualTo("0+4:f0 | 0+8:f2");
        assertThat(arguments(structLayout(JAVA_FLOAT, paddingLayout(4)).withByteAlignment(8))).isEqualTo("0+8:f0");
        assertThat(arguments(join(times(4, JAVA_DOUBLE), structLayout(JAVA_FLOAT)))).endsWith("0+4:stack0");
    }

    @Test
    void aUnionOrAnArrayOfOneFloatingPointNumberIsPassedLikeAnInteger() {
        assertThat(arguments(unionLayout(JAVA_FLOAT), structLayout(unionLayout(JAVA_DOUBLE)),
                structLayout(sequenceLayout(1, JAVA_DOUBLE)), structLayout(structLayout(), JAVA_FLOAT)))
                .isEqualTo("0+4:r2 | 0+8:r3 | 0+8:r4 | 0+4:r5");
    }

    @Test
    void numbersComeBackInOneRegisterAndStructsInMemory() {
        assertThat(result(JAVA_INT)).isEqualTo("0+4:r2");
        assertThat(result(JAVA_FLOAT)).isEqualTo("0+4:f0");
        assertThat(result(structLayout(JAVA_INT))).isEqualTo("memory at r2");
        assertThat(result(structLayout(JAVA_DOUBLE))).isEqualTo("memory at r2");
    }

    @Test
    void thePointerToAResultIsTheFirstIntegerArgument() {
        MemoryLayout small = structLayout(JAVA_INT);
        CallSequence sequence = port.classify(FunctionDescriptor.of(small, JAVA_INT));

        assertThat(places.show(sequence.arguments().getFirst())).isEqualTo("0+4:r3");
        assertThat(port.trailingArgument(FunctionDescriptor.of(small)).entry("append_")).isEqualTo("append_gp1");
    }

    @Test
    void theHiddenArgumentFollowsTheCallersOwn() {
        assertThat(trailing(JAVA_INT, JAVA_DOUBLE)).isEqualTo("append_gp1, 0 bytes of stack");
        assertThat(trailing(times(7, JAVA_DOUBLE))).isEqualTo("append_gp0_stack, 24 bytes of stack");
        assertThat(trailing(times(5, JAVA_INT))).isEqualTo("append_stack, 0 bytes of stack");
        assertThat(trailing(times(8, JAVA_INT))).isEqualTo("append_stack, 24 bytes of stack");
    }

    @Test
    void anEntryForARegisterCopiesTheStackArguments() {
        assertThat(trailing(times(4, JAVA_INT))).isEqualTo("append_gp4, 0 bytes of stack");
        assertThat(trailing(join(times(4, JAVA_INT), times(7, JAVA_DOUBLE))))
                .isEqualTo("append_gp4_stack, 24 bytes of stack");
        assertThat(show(port.lastArgument(FunctionDescriptor.ofVoid(
                join(times(4, JAVA_INT), join(times(7, JAVA_DOUBLE), ADDRESS))))))
                .isEqualTo("append_gp4_stack, 24 bytes of stack");
    }

    /**
     * A gate is a stub of the JDK, which takes some structs for floating-point numbers that
     * compilers do not, and the other way round.
     */
    @Test
    void aGateOfStructsThatTheJdkPassesInAnotherWayIsRefused() {
        for (MemoryLayout layout : List.of(unionLayout(JAVA_FLOAT), structLayout(sequenceLayout(1, JAVA_DOUBLE)),
                structLayout(JAVA_FLOAT, structLayout()),
                structLayout(JAVA_FLOAT, paddingLayout(4)).withByteAlignment(8))) {
            assertThatThrownBy(() -> port.requireLinkable(FunctionDescriptor.ofVoid(JAVA_INT, layout)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(layout.toString(), "CallInterface");
            port.requireLinkable(FunctionDescriptor.of(layout, JAVA_INT));
        }
        port.requireLinkable(FunctionDescriptor.ofVoid(structLayout(JAVA_FLOAT), structLayout(JAVA_FLOAT, JAVA_FLOAT)));
    }

    private String trailing(MemoryLayout... layouts) {
        return show(port.trailingArgument(FunctionDescriptor.ofVoid(layouts)));
    }

    private static String show(TrailingArgument place) {
        return place.entry("append_") + ", " + place.stackSize() + " bytes of stack";
    }

    @Test
    void emptyStructsAreRefusedBecauseOfTheLinker() {
        for (MemoryLayout empty : List.of(structLayout(), unionLayout())) {
            assertThatThrownBy(() -> port.requireLinkable(FunctionDescriptor.ofVoid(JAVA_INT, empty)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(empty.toString(), "empty");
        }
        port.requireLinkable(FunctionDescriptor.ofVoid(structLayout(structLayout(), JAVA_INT)));
    }

    @Test
    void whatHasNoRegisterOfItsSizeTravelsByReference() {
        assertThat(arguments(JAVA_INT, QUAD, INT128, COMPLEX_FLOAT, complex(QUAD), JAVA_INT))
                .isEqualTo("0+4:r2 | 0+16:*r3 | 0+16:*r4 | 0+8:*r5 | 0+32:*r6 | 0+4:stack0");
        assertThat(arguments(structLayout(COMPLEX_FLOAT), structLayout(QUAD))).as("a struct is one by its size")
                .isEqualTo("0+8:r2 | 0+16:*r3");
        for (MemoryLayout layout : List.of(QUAD, INT128, COMPLEX_FLOAT, COMPLEX_DOUBLE, complex(QUAD))) {
            assertThat(result(layout)).isEqualTo("memory at r2");
        }
    }

    @Test
    void whatIsPassedForThreeDotsTravelsAsIfItWereDeclared() {
        assertThat(places.variadicArguments(1, JAVA_INT, JAVA_DOUBLE, JAVA_LONG)).isEqualTo("0+4:r2 | 0+8:f0 | 0+8:r3");
    }

    @Test
    void vectorsAreRefused() {
        Convention convention = port.ownConvention();
        requireRefused(convention, VECTOR, "VECTOR", port.abi());
        requireRefused(convention, structLayout(VECTOR, JAVA_LONG, JAVA_LONG), "VECTOR", port.abi());
        convention.classify(FunctionDescriptor.of(QUAD, COMPLEX_FLOAT, INT128), 2);
    }
}
