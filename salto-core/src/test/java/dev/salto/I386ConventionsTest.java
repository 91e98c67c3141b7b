// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.CSignaturesTest.bytes;
import static dev.salto.CSignaturesTest.chars;
import static dev.salto.CSignaturesTest.struct;
import static dev.salto.text.callers.CTypes.DOUBLE;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.CSignaturesTest.CCaller;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Callbacks of all calling conventions of 32-bit x86, called from C. */
@Tag("port")
final class I386ConventionsTest {
    private static final MemorySegment OBJECT = MemorySegment.ofAddress(0x12345678);

    private static final GroupLayout ONE_INT = CLayouts.struct(JAVA_INT);
    private static final GroupLayout ONE_FLOAT = CLayouts.struct(JAVA_FLOAT);
    private static final GroupLayout TWO_INTS = CLayouts.struct(JAVA_INT, JAVA_INT);
    private static final GroupLayout TWO_SHORTS = CLayouts.struct(JAVA_SHORT, JAVA_SHORT);
    private static final GroupLayout MIXTURE = CLayouts.struct(JAVA_INT, DOUBLE, JAVA_INT);

    @BeforeAll
    static void onlyOnI386() {
        assumeTrue(System.getProperty("os.arch").equals("i386"),
                "other architectures have no such calling conventions");
    }

    /** The callers in {@code conventions.c} for each of these conventions. */
    private static Stream<ConventionCaller> common(Abi abi, String name) {
        return Stream.of(
                CCaller.ofVoid(name + "_nothing", OBJECT).stores(1),
                CCaller.of(name + "_ints", 70, OBJECT, 1, -2, 3, -4, 5),
                CCaller.of(name + "_many", 71, OBJECT, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                CCaller.of(name + "_narrow", (byte) -6, OBJECT, (byte) -128, (char) 65535, true, (short) -32768),
                CCaller.of(name + "_long_longs", -0x7654321012345678L, OBJECT, -0x123456789abcdefL, 2,
                        0x76543210fedcba98L),
                CCaller.of(name + "_floats", 0.1f, OBJECT, 1.5f, -2.5, 3.5f),
                CCaller.of(name + "_doubles", 0.1, OBJECT, 1, 2.5, -3.5f, -4),
                CCaller.of(name + "_structs", 72, OBJECT, struct(TWO_INTS, 1, -2),
                        struct(chars(3), bytes(3, -4, 5)), struct(MIXTURE, 1, -2.5, 3), 6),
                CCaller.of(name + "_one_int", struct(ONE_INT, -7), OBJECT, 1),
                CCaller.of(name + "_two_ints", struct(TWO_INTS, -7, 8), OBJECT, 1),
                CCaller.of(name + "_mixture", struct(MIXTURE, 4, -5.5, 6), OBJECT, 1, 2, 3),
                CCaller.of(name + "_complex_float", struct(NativeLayouts.complexFloat(), 1.5f, -2.5f), OBJECT, 1),
                CCaller.of(name + "_complex_double", struct(NativeLayouts.complexDouble(), 1.5, -2.5), OBJECT, 1))
                .map(caller -> new ConventionCaller(abi, caller));
    }

    private static Stream<ConventionCaller> of(Abi abi, CCaller... callers) {
        return Arrays.stream(callers).map(caller -> new ConventionCaller(abi, caller));
    }

    private static Stream<ConventionCaller> callers() {
        return Stream.of(
                common(Abi.SYSV, "sysv"),
                common(Abi.NATIVE, "sysv"),
                common(Abi.STDCALL, "stdcall"),
                common(Abi.THISCALL, "thiscall"),
                common(Abi.FASTCALL, "fastcall"),
                Stream.of(new ConventionCaller(Abi.SYSV, CCaller.of("sysv_variadic", 73, 1, 2.5, -3, 4L), 1)),
                of(Abi.STDCALL,
                        CCaller.of("stdcall_without_arguments", 0.1),
                        CCaller.of("stdcall_skewed_0", 74, 1, -2),
                        CCaller.of("stdcall_skewed_4", 74, 1, -2),
                        CCaller.of("stdcall_skewed_8", 74, 1, -2),
                        CCaller.of("stdcall_skewed_12", 74, 1, -2)),
                of(Abi.THISCALL,
                        CCaller.of("thiscall_float_first", 75, 1.5f, 2, -3),
                        CCaller.of("thiscall_long_long_first", 75, -1L, OBJECT),
                        CCaller.of("thiscall_struct_first", 75, struct(ONE_INT, 1), OBJECT)),
                of(Abi.FASTCALL,
                        CCaller.of("fastcall_long_long_first", 76, -1L, 2, -3, 4),
                        CCaller.of("fastcall_long_long_second", 77, 1, -2L, 3, -4),
                        CCaller.of("fastcall_floats_first", 78, 1.5f, 2, 3.5, -4, 5),
                        CCaller.of("fastcall_struct_of_int_first", 79, struct(ONE_INT, 1), 2, -3, 4),
                        CCaller.of("fastcall_struct_of_float_first", 80, struct(ONE_FLOAT, 1.5f), 2, -3, 4),
                        CCaller.of("fastcall_struct_of_shorts_first", 81,
                                struct(TWO_SHORTS, (short) 1, (short) -2), 3, -4, 5),
                        CCaller.of("fastcall_union_of_float_first", 81, struct(CLayouts.union(JAVA_FLOAT), 1.5f), 3, -4,
                                5),
                        CCaller.of("fastcall_complex_float_first", 81,
                                struct(NativeLayouts.complexFloat(), 1.5f, -2.5f), 3, -4, 5),
                        CCaller.of("fastcall_struct_of_ints_first", 82, struct(TWO_INTS, 1, -2), 3, -4, 5),
                        CCaller.of("fastcall_large_struct_second", 83, 4, struct(MIXTURE, 1, -2.5, 3), 5, -6)),
                Stream.of(new ConventionCaller(Abi.MS_CDECL, CCaller.of("ms_cdecl_three_dots", 0.1, 1, 2.5, -3), 1)),
                of(Abi.MS_CDECL,
                        CCaller.of("ms_cdecl_ints", 84, 1, -2),
                        CCaller.of("ms_cdecl_one_int", struct(ONE_INT, -7), 1),
                        CCaller.of("ms_cdecl_two_shorts", struct(TWO_SHORTS, (short) -7, (short) 8), 1),
                        CCaller.of("ms_cdecl_one_float", struct(ONE_FLOAT, 1.5f), 1),
                        CCaller.of("ms_cdecl_two_ints", struct(TWO_INTS, -7, 8), 1),
                        CCaller.of("ms_cdecl_three_chars", struct(chars(3), bytes(4, -5, 6)), 1),
                        CCaller.of("ms_cdecl_mixture", struct(MIXTURE, 4, -5.5, 6), 1, struct(MIXTURE, 1, -2.5, 3))),
                of(Abi.PASCAL,
                        CCaller.ofVoid("pascal_nothing").stores(1),
                        CCaller.of("pascal_ints", 85, 1, -2, 3, -4),
                        CCaller.of("pascal_mixed", 0.1, 1, 2.5, -3.5f, 4L, (byte) -5),
                        CCaller.of("pascal_structs", 86, struct(TWO_INTS, 1, -2), struct(chars(3), bytes(3, -4, 5)),
                                struct(MIXTURE, 1, -2.5, 3), 6),
                        CCaller.of("pascal_one_int", struct(ONE_INT, -7), 1, -2),
                        CCaller.of("pascal_two_ints", struct(TWO_INTS, -7, 8), 1, -2)),
                of(Abi.REGISTER,
                        CCaller.of("register_one_int", 87, 1),
                        CCaller.of("register_ints", 88, 1, -2, 3, -4, 5, -6),
                        CCaller.of("register_mixed", 0.1, 1.5, 2, -3.5f, (short) -4, 5L, OBJECT, 7, (byte) -8),
                        CCaller.of("register_double", 0.1, 1.5),
                        CCaller.of("register_two_ints", struct(TWO_INTS, -7, 8), 1),
                        CCaller.of("register_mixture", struct(MIXTURE, 4, -5.5, 6), 1, -2, 3, -4)))
                .flatMap(stream -> stream);
    }

    private static Stream<Arguments> everyCallerAtEachLevel() {
        List<SignatureCallers> levels = ConventionCaller.levels();
        return callers().flatMap(caller -> Sample.oneOf(levels, caller.abi() + caller.toString()).stream()
                .map(level -> Arguments.of(caller, level)));
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("everyCallerAtEachLevel")
    void theCallbackGetsWhatCPassesAndCGetsWhatItReturns(ConventionCaller caller, SignatureCallers level) {
        caller.check(level);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("everyCallerAtEachLevel")
    void aRecordHasWhatCPassesAndCGetsTheFixedResult(ConventionCaller caller, SignatureCallers level) {
        caller.checkRecorded(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"SYSV", "STDCALL", "THISCALL", "FASTCALL"})
    void aLongDoubleIsPassedOnTheStackAndReturnedWithAllItsBits(Abi abi) {
        MemoryLayout type = NativeLayouts.longDouble();
        // 1.25 and 2 to the power of -16000
        MemorySegment passed = MemorySegment.ofArray(bytesOf(0xa000000000000000L, (short) 0x3fff));
        MemorySegment returned = MemorySegment.ofArray(bytesOf(0x8000000000000001L, (short) (0x3fff - 16000)));
        CallInterface callInterface = CallInterface.prepare(abi, FunctionDescriptor.of(type, ADDRESS, type, JAVA_INT));
        ConventionCaller caller = new ConventionCaller(abi,
                CCaller.ofVoid(abi.name().toLowerCase(java.util.Locale.ROOT) + "_long_double"));
        for (SignatureCallers level : ConventionCaller.levels()) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment function = callInterface.bind(arguments -> {
                    assertThat(arguments.getSegment(1).asSlice(0, 10).mismatch(passed.asSlice(0, 10))).isEqualTo(-1);
                    assertThat(arguments.getInt(2)).isEqualTo(2);
                    arguments.setReturn(returned);
                }, arena);
                MemorySegment stored = caller.call(level, function, arena);

                assertThat(stored.asSlice(ConventionCaller.VALUE, 10).toArray(JAVA_BYTE))
                        .isEqualTo(returned.asSlice(0, 10).toArray(JAVA_BYTE));
            }
        }
    }

    private static byte[] bytesOf(long significand, short exponent) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[12]);
        bytes.set(JAVA_LONG_UNALIGNED, 0, significand);
        bytes.set(JAVA_SHORT.withByteAlignment(1), 8, exponent);
        return bytes.toArray(JAVA_BYTE);
    }

    @Test
    void aCallOfAClosedClosureFindsZeroAndLeavesTheStackInOrder() {
        for (CCaller called : List.of(
                CCaller.of("stdcall_ints", 0, OBJECT, 1, -2, 3, -4, 5),
                CCaller.of("stdcall_doubles", 0.0, OBJECT, 1, 2.5, -3.5f, -4),
                CCaller.of("stdcall_mixture", struct(MIXTURE, 0, 0.0, 0), OBJECT, 1, 2, 3))) {
            ConventionCaller caller = new ConventionCaller(Abi.STDCALL, called);
            Closure<CallHandler> closure = caller.type().bindBoxed((_, _) -> {
                throw new AssertionError("closed");
            });
            MemorySegment function = closure.address();
            closure.close();
            for (SignatureCallers level : ConventionCaller.levels()) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment value = caller.call(level, function, arena).asSlice(ConventionCaller.VALUE,
                            called.storedLayout().byteSize());

                    assertThat(value.toArray(JAVA_BYTE)).as(called.name()).containsOnly(0);
                }
            }
        }
    }

    /** It holds eight numbers. */
    @Test
    void nothingStaysOnTheStackOfTheX87() {
        List<SignatureCallers> levels = ConventionCaller.levels();
        ConventionCaller ints = new ConventionCaller(Abi.FASTCALL,
                CCaller.of("fastcall_ints", 70, OBJECT, 1, -2, 3, -4, 5));
        ConventionCaller doubles = new ConventionCaller(Abi.FASTCALL,
                CCaller.of("fastcall_doubles", 0.1, OBJECT, 1, 2.5, -3.5f, -4));
        for (int i = 0; i < 20; i++) {
            ints.check(levels.getFirst());
            doubles.check(levels.getLast());
        }
    }

    @Test
    void whatNoCompilerPassesIsRefusedWithTheConventionAndARemedy() {
        MemoryLayout vector = NativeLayouts.vector(JAVA_FLOAT, 4);
        for (Abi abi : List.of(Abi.SYSV, Abi.STDCALL, Abi.REGISTER)) {
            assertThatThrownBy(() -> CallInterface.prepare(abi, FunctionDescriptor.ofVoid(vector)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VECTOR").hasMessageContaining(abi.name()).hasMessageContaining("ADDRESS");
            assertThatThrownBy(
                    () -> CallInterface.prepare(abi, FunctionDescriptor.of(CLayouts.struct(NativeLayouts.int128()))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("INT128");
        }
    }

    @Test
    void whatCompilersDoNotAgreeOnIsRefused() {
        assertThatThrownBy(() -> CallInterface.prepare(Abi.SYSV,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, NativeLayouts.float128())))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("__float128");
        assertThat(CallInterface.prepare(Abi.SYSV, FunctionDescriptor.of(JAVA_INT, NativeLayouts.float128(), JAVA_INT))
                .abi())
                .isEqualTo(Abi.SYSV);
    }

    @Test
    void aCalleeThatRemovesItsArgumentsHasNoThreeDots() {
        assertThatThrownBy(() -> CallInterface.prepare(Abi.STDCALL, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                ClosureOption.firstVariadicArg(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("STDCALL").hasMessageContaining("SYSV");
    }
}
