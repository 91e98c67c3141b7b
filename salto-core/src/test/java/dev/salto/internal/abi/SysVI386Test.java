// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.MemoryLayout.unionLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where values travel on i386, rule by rule. */
@Tag("host")
final class SysVI386Test {
    private static final MemoryLayout SMALL = structLayout(JAVA_BYTE);
    private static final MemoryLayout LARGE = structLayout(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MemoryLayout LONG_DOUBLE = ExtendedType.X87.layout(JAVA_BYTE, 12, 4);

    private final Port port = new SysVI386();

    private final Places places = new Places(port, n -> List.of("eax", "edx", "ecx").get(n),
            _ -> "no register for vectors");

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

    private CallSequence classify(String convention, FunctionDescriptor function) {
        return convention(convention).classify(function, Convention.NO_DOTS);
    }

    private Convention convention(String name) {
        return Objects.requireNonNull(port.conventions().get(name));
    }

    /** Where arguments are, and how many bytes of them the callee removes. */
    private String arguments(String convention, FunctionDescriptor function) {
        CallSequence call = classify(convention, function);
        return places.arguments(call) + ", removes " + (convention(convention).answer(call) >> 8);
    }

    private String arguments(String convention, MemoryLayout... layouts) {
        return arguments(convention, FunctionDescriptor.ofVoid(layouts));
    }

    @Test
    void theCalleeRemovesNothingOrTheAddressOfTheResultOrAll() {
        FunctionDescriptor function = FunctionDescriptor.of(LARGE, JAVA_INT);

        assertThat(arguments("SYSV", function)).isEqualTo("0+4:stack4, removes 4");
        assertThat(arguments("SYSV", JAVA_INT)).isEqualTo("0+4:stack0, removes 0");
        assertThat(arguments("MS_CDECL", function)).isEqualTo("0+4:stack4, removes 0");
        assertThat(arguments("STDCALL", function)).isEqualTo("0+4:stack4, removes 8");
        assertThat(arguments("STDCALL", SMALL, JAVA_DOUBLE)).isEqualTo("0+1:stack0 | 0+8:stack4, removes 12");
    }

    @Test
    void theGateSaysTheSizeOfAFloatingPointResult() {
        for (MemoryLayout result : List.of(JAVA_FLOAT, JAVA_DOUBLE, LONG_DOUBLE)) {
            CallSequence call = classify("STDCALL", FunctionDescriptor.of(result, JAVA_INT));

            assertThat(convention("STDCALL").answer(call)).isEqualTo((4 << 8) + (int) result.byteSize());
        }
    }

    @Test
    void thiscallHasTheFirstWordInEcx() {
        assertThat(arguments("THISCALL", JAVA_INT, JAVA_BYTE)).isEqualTo("0+4:ecx | 0+1:stack0, removes 4");
        assertThat(arguments("THISCALL", JAVA_FLOAT, JAVA_INT)).isEqualTo("0+4:stack0 | 0+4:ecx, removes 4");
        assertThat(arguments("THISCALL", structLayout(JAVA_INT), JAVA_INT))
                .isEqualTo("0+4:stack0 | 0+4:stack4, removes 8");
    }

    @Test
    void fastcallHasTheFirstTwoWordsInEcxAndEdx() {
        assertThat(arguments("FASTCALL", JAVA_BYTE, JAVA_DOUBLE, JAVA_INT, JAVA_INT))
                .isEqualTo("0+1:ecx | 0+8:stack0 | 0+4:edx | 0+4:stack8, removes 12");
        assertThat(arguments("FASTCALL", JAVA_LONG, JAVA_INT)).isEqualTo("0+8:stack0 | 0+4:stack8, removes 12");
    }

    /** As GCC has it on Linux. */
    @Test
    void inThiscallAndFastcallTheAddressOfTheResultIsTheFirstArgument() {
        FunctionDescriptor function = FunctionDescriptor.of(LARGE, JAVA_INT, JAVA_INT);
        assertThat(places.result(classify("THISCALL", function))).isEqualTo("memory at ecx");
        assertThat(arguments("THISCALL", function)).isEqualTo("0+4:stack0 | 0+4:stack4, removes 8");
        assertThat(places.result(classify("FASTCALL", function))).isEqualTo("memory at ecx");
        assertThat(arguments("FASTCALL", function)).isEqualTo("0+4:edx | 0+4:stack0, removes 4");
    }

    /** As GCC has it on Linux. */
    @Test
    void aStructByValueTakesTheRoomOfRegistersInFastcall() {
        assertThat(arguments("FASTCALL", structLayout(JAVA_INT), JAVA_INT, JAVA_INT))
                .isEqualTo("0+4:stack0 | 0+4:edx | 0+4:stack4, removes 8");
        assertThat(arguments("FASTCALL", SMALL, JAVA_INT, JAVA_INT))
                .isEqualTo("0+1:stack0 | 0+4:edx | 0+4:stack4, removes 8");
        assertThat(arguments("FASTCALL", unionLayout(JAVA_FLOAT), JAVA_INT))
                .isEqualTo("0+4:stack0 | 0+4:edx, removes 4");
        assertThat(arguments("FASTCALL", structLayout(JAVA_INT, JAVA_INT), JAVA_INT))
                .isEqualTo("0+8:stack0 | 0+4:stack8, removes 12");
        assertThat(arguments("FASTCALL", structLayout(JAVA_FLOAT), JAVA_INT))
                .isEqualTo("0+4:stack0 | 0+4:ecx, removes 4");
    }

    @Test
    void pascalPushesFromTheFirstToTheLast() {
        assertThat(arguments("PASCAL", JAVA_INT, JAVA_DOUBLE, SMALL))
                .isEqualTo("0+4:stack12 | 0+8:stack4 | 0+1:stack0, removes 16");
    }

    @Test
    void registerHasTheFirstThreeWordsInRegisters() {
        assertThat(arguments("REGISTER", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_FLOAT, JAVA_INT, JAVA_INT))
                .isEqualTo("0+4:eax | 0+8:stack8 | 0+4:edx | 0+4:stack4 | 0+4:ecx | 0+4:stack0, removes 16");
    }

    @Test
    void inPascalAndRegisterTheAddressOfTheResultComesBehindTheArguments() {
        assertThat(places.result(classify("PASCAL", FunctionDescriptor.of(LARGE, JAVA_INT))))
                .isEqualTo("memory at stack0");
        assertThat(arguments("PASCAL", FunctionDescriptor.of(LARGE, JAVA_INT))).isEqualTo("0+4:stack4, removes 8");
        assertThat(places.result(classify("REGISTER", FunctionDescriptor.of(LARGE, JAVA_INT))))
                .isEqualTo("memory at edx");
    }

    @Test
    void structsOfSomeSizesAreReturnedInRegistersWhereTheConventionSaysSo() {
        MemoryLayout eight = structLayout(JAVA_INT, JAVA_INT);
        assertThat(places.result(classify("MS_CDECL", FunctionDescriptor.of(eight)))).isEqualTo("0+4:eax 4+4:edx");
        assertThat(places.result(classify("PASCAL", FunctionDescriptor.of(eight)))).isEqualTo("memory at stack0");
        assertThat(places.result(classify("PASCAL", FunctionDescriptor.of(SMALL)))).isEqualTo("0+1:eax");
        assertThat(places.result(classify("STDCALL", FunctionDescriptor.of(SMALL)))).isEqualTo("memory at stack0");
        assertThat(places.result(classify("MS_CDECL", FunctionDescriptor.of(structLayout(JAVA_BYTE, JAVA_BYTE,
                JAVA_BYTE))))).isEqualTo("memory at stack0");
    }

    @Test
    void complexNumbersAreInRegistersIfTheyFit() {
        assertThat(places.result(ExtendedType.COMPLEX.layout(JAVA_FLOAT, 2, 4))).isEqualTo("0+4:eax 4+4:edx");
        assertThat(places.result(ExtendedType.COMPLEX.layout(JAVA_DOUBLE.withByteAlignment(4), 2, 4)))
                .isEqualTo("memory at stack0");
        assertThat(places.result(LONG_DOUBLE)).isEqualTo("0+12:st0");
        assertThat(places.arguments(JAVA_INT, LONG_DOUBLE, JAVA_INT))
                .isEqualTo("0+4:stack0 | 0+12:stack4 | 0+4:stack16");
    }
}
