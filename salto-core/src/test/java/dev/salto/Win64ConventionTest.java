// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.CSignaturesTest.bytes;
import static dev.salto.CSignaturesTest.chars;
import static dev.salto.CSignaturesTest.struct;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.CSignaturesTest.CCaller;
import dev.salto.CSignaturesTest.Struct;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Callbacks of the calling convention of 64-bit Windows, called from C. */
@Tag("port")
final class Win64ConventionTest {
    private static final MemorySegment POINTER = MemorySegment.ofAddress(0x12345678);

    @BeforeAll
    static void onlyOnX64() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"),
                "other architectures have no such calling convention");
    }

    private static Stream<CCaller> callers() {
        GroupLayout oneFloat = CLayouts.struct(JAVA_FLOAT);
        GroupLayout oneDouble = CLayouts.struct(JAVA_DOUBLE);
        GroupLayout twoInts = CLayouts.struct(JAVA_INT, JAVA_INT);
        GroupLayout complexFloat = NativeLayouts.complexFloat();
        GroupLayout complexDouble = NativeLayouts.complexDouble();
        return Stream.concat(Stream.of(
                CCaller.ofVoid("win64_nothing").stores(1),
                CCaller.of("win64_ints", 70, 1, -2, 3, -4, 5, -6, 7),
                CCaller.of("win64_long_longs", -0x7654321012345678L, -0x123456789abcdefL, POINTER, 3L, -4L,
                        0x76543210fedcba98L),
                CCaller.of("win64_narrow", (byte) -6, (byte) -128, (char) 65535, true, (short) -32768, (byte) -5,
                        (char) 65534),
                CCaller.of("win64_doubles", 0.1, 1.5, -2.5, 3.5, -4.5, 5.5, -6.5),
                CCaller.of("win64_floats", 0.1f, 1.5f, -2.5f, 3.5f, -4.5f, 5.5f, -6.5f),
                CCaller.of("win64_mixed", 0.1, 1, 2.5, -3L, 4.5f, -5.5, 6, -7.5f, (byte) -8),
                CCaller.of("win64_mixed_the_other_way", 71, 1.5, -2, 3.5f, 4L, -5, 6.5),
                CCaller.of("win64_one_float", struct(oneFloat, 4.5f), struct(oneFloat, 1.5f), 2.5f,
                        struct(oneFloat, -3.5f)),
                CCaller.of("win64_one_double", struct(oneDouble, 4.5), 1, struct(oneDouble, 2.5), -3.5),
                CCaller.of("win64_two_ints", struct(twoInts, -7, 8), struct(twoInts, 1, -2), 3),
                extended("int128", int128(-6, 7), int128(0x0123456789abcdefL, 0xfedcba9876543210L),
                        int128(-1, -5)),
                extended("vector", vector(JAVA_FLOAT, -1.5f, -2.5f, -3.5f, -4.5f),
                        vector(JAVA_FLOAT, 1.5f, -2.5f, 3.5f, -4.5f),
                        vector(JAVA_FLOAT, 5.5f, 6.5f, 7.5f, 8.5f)),
                extended("two_floats", vector(JAVA_FLOAT, -1.5f, -2.5f), vector(JAVA_FLOAT, 1.5f, -2.5f),
                        vector(JAVA_FLOAT, 5.5f, 6.5f)),
                extended("vector_of_one_double", vector(JAVA_DOUBLE, 4.5), vector(JAVA_DOUBLE, 1.5),
                        vector(JAVA_DOUBLE, -5.5)),
                extended("complex_float", struct(complexFloat, -5.5f, 6.5f), struct(complexFloat, 1.5f, -2.5f),
                        struct(complexFloat, 3.5f, 4.5f)),
                extended("complex_double", struct(complexDouble, -5.5, 6.5), struct(complexDouble, 1.5, -2.5),
                        struct(complexDouble, 3.5, 4.5)),
                CCaller.of("win64_kept_registers", 72, 7).stores(0)),
                IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 24).mapToObj(Win64ConventionTest::structs));
    }

    private static CCaller extended(String type, Struct result, Struct a, Struct b) {
        return CCaller.of("win64_" + type, result, 1, a, 2.5, b, a);
    }

    private static Struct int128(long high, long low) {
        byte[] content = MemorySegment.ofArray(new long[]{low, high}).toArray(JAVA_BYTE);
        return struct(NativeLayouts.int128(), IntStream.range(0, content.length).mapToObj(i -> content[i]).toArray());
    }

    private static Struct vector(ValueLayout type, Object... elements) {
        return struct(NativeLayouts.vector(type, elements.length), elements);
    }

    /** The C function that passes, and gets, structs of a size. */
    private static CCaller structs(int size) {
        return CCaller.of("win64_chars_" + size, numbers(size, 91), 1, numbers(size, 1), 2.5, numbers(size, 31),
                numbers(size, 61), -3);
    }

    private static Struct numbers(int size, int first) {
        return struct(chars(size), bytes(IntStream.range(first, first + size).toArray()));
    }

    private static Stream<Arguments> everyCallerAtEachLevel() {
        List<SignatureCallers> levels = ConventionCaller.levels();
        Stream<ConventionCaller> all = Stream.concat(
                callers().flatMap(caller -> Stream.of(Abi.WIN64, Abi.GNUW64, Abi.EFI)
                        .map(abi -> new ConventionCaller(abi, caller))),
                Stream.of(new ConventionCaller(Abi.WIN64,
                        CCaller.of("win64_variadic", 73, 1, 2.5, -3, 4.5, 5L, 6.5), 1)));
        return all.flatMap(caller -> levels.stream().map(level -> Arguments.of(caller.abi(), caller, level)));
    }

    @ParameterizedTest(name = "{0}: {1} at {2}")
    @MethodSource("everyCallerAtEachLevel")
    void theCallbackGetsWhatCPassesAndCGetsWhatItReturns(Abi abi, ConventionCaller caller, SignatureCallers level) {
        assertThat(caller.abi()).isEqualTo(abi);
        caller.check(level);
    }

    @Tag("linux") // on Windows, calls cannot be recorded
    @ParameterizedTest(name = "{0}: {1} at {2}")
    @MethodSource("everyCallerAtEachLevel")
    void aRecordHasWhatCPassesAndCGetsTheFixedResult(Abi abi, ConventionCaller caller, SignatureCallers level) {
        assertThat(caller.abi()).isEqualTo(abi);
        caller.checkRecorded(level);
    }

    @Test
    void aLongDoubleOfGccForWindowsGoesByReference() {
        MemoryLayout type = NativeLayouts.longDouble80();
        CallInterface callInterface = CallInterface.prepare(Abi.GNUW64,
                FunctionDescriptor.of(type, JAVA_INT, type, JAVA_DOUBLE, type, type));
        ConventionCaller caller = new ConventionCaller(Abi.GNUW64, CCaller.ofVoid("gnuw64_long_double"));
        for (SignatureCallers level : ConventionCaller.levels()) {
            byte[] a = number(level, "long_double_a");
            byte[] b = number(level, "long_double_b");
            byte[] c = number(level, "long_double_c");
            List<byte[]> seen = new java.util.ArrayList<>();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment function = callInterface.bind(arguments -> {
                    for (int i : List.of(1, 3, 4)) {
                        seen.add(arguments.getSegment(i).asSlice(0, a.length).toArray(JAVA_BYTE));
                    }
                    arguments.setReturn(MemorySegment.ofArray(Arrays.copyOf(c, (int) type.byteSize())));
                }, arena);
                MemorySegment stored = caller.call(level, function, arena);

                assertThat(seen).containsExactly(a, b, a);
                assertThat(stored.asSlice(ConventionCaller.VALUE, c.length).toArray(JAVA_BYTE)).isEqualTo(c);
            }
        }
    }

    /** The 80 bits of a variable. */
    private static byte[] number(SignatureCallers level, String variable) {
        return level.find(variable).orElseThrow().reinterpret(10).toArray(JAVA_BYTE);
    }

    @Test
    void aLongDoubleOf80BitsIsRefusedWhereItIsADouble() {
        assertThatThrownBy(
                () -> CallInterface.prepare(Abi.WIN64, FunctionDescriptor.ofVoid(NativeLayouts.longDouble80())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GNUW64").hasMessageContaining("JAVA_DOUBLE");
    }

    @Test
    void theConventionsOfOtherProcessorsAreRefused() {
        assertThatThrownBy(() -> CallInterface.prepare(Abi.FASTCALL, FunctionDescriptor.of(JAVA_INT, JAVA_INT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FASTCALL").hasMessageContaining("WIN64");
        assertThat(Abi.FASTCALL.isSupported()).isFalse();
        assertThat(Abi.EFI.isSupported()).isTrue();
    }
}
