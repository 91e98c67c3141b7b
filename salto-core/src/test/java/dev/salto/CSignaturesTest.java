// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callbacks that compiled C calls, as the compiler implements a signature. Every function of
 * {@code signatures.c} also calls a stub of the JDK, which shows that the test has the right type.
 */
final class CSignaturesTest {
    private static final List<SignatureCallers> LEVELS = SignatureCallers.atEachLevel();

    private static final GroupLayout ONE_FLOAT = CLayouts.struct(JAVA_FLOAT);
    private static final GroupLayout TWO_INTS = CLayouts.struct(JAVA_INT, JAVA_INT);
    private static final GroupLayout TWO_LONGS = CLayouts.struct(LONG_LONG, LONG_LONG);
    private static final GroupLayout TWO_DOUBLES = CLayouts.struct(DOUBLE, DOUBLE);
    private static final GroupLayout THREE_FLOATS = CLayouts.struct(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT);
    private static final GroupLayout FOUR_FLOATS = CLayouts.struct(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT);
    private static final GroupLayout FOUR_DOUBLES = CLayouts.struct(DOUBLE, DOUBLE, DOUBLE, DOUBLE);
    private static final GroupLayout EIGHT_DOUBLES = CLayouts.struct(array(8, DOUBLE));
    private static final GroupLayout THREE_INTS = CLayouts.struct(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final GroupLayout DOUBLE_POINTER = CLayouts.struct(DOUBLE, ADDRESS);
    private static final GroupLayout ONE_FLOAT_UNION = CLayouts.union(JAVA_FLOAT);
    private static final GroupLayout LONG_DOUBLE = CLayouts.struct(LONG_LONG, DOUBLE);
    private static final GroupLayout DOUBLE_LONG = CLayouts.struct(DOUBLE, LONG_LONG);
    private static final GroupLayout FLOAT_INT_FLOAT = CLayouts.struct(JAVA_FLOAT, JAVA_INT, JAVA_FLOAT);
    private static final GroupLayout NESTED = CLayouts.struct(JAVA_BYTE,
            CLayouts.struct(JAVA_SHORT, CLayouts.struct(JAVA_BYTE)), TWO_INTS);
    private static final GroupLayout ARRAY_AND_MORE = CLayouts.struct(array(3, JAVA_SHORT), JAVA_BYTE, JAVA_FLOAT);
    private static final GroupLayout INT_OR_FLOAT = CLayouts.union(JAVA_FLOAT, JAVA_INT);
    private static final GroupLayout DOUBLE_OR_FLOATS = CLayouts.union(CLayouts.struct(JAVA_FLOAT, JAVA_FLOAT),
            DOUBLE);
    private static final GroupLayout TAGGED = CLayouts.struct(JAVA_INT,
            CLayouts.union(array(9, JAVA_BYTE), DOUBLE, LONG_LONG));
    private static final GroupLayout BYTES_24 = CLayouts.struct(LONG_LONG, DOUBLE, JAVA_INT);
    private static final GroupLayout BYTES_40 = CLayouts.struct(array(5, DOUBLE));
    private static final GroupLayout BYTES_128 = CLayouts.struct(array(16, LONG_LONG));

    /** In Java a packed struct is an array of bytes. */
    private static final GroupLayout PACKED = chars(5);
    private static final GroupLayout ALIGNED_PAIR = TWO_LONGS;
    private static final GroupLayout ALIGNED_LARGE = CLayouts.struct(LONG_LONG, array(3, LONG_LONG));

    private static final MemorySegment STRING = MemorySegment.ofAddress(0x2000);

    /**
     * Every C function, with its arguments and its result, except those with a test of their own.
     */
    private static final List<CCaller> C_CALLERS = List.of(
            CCaller.ofVoid("nothing").stores(1),
            CCaller.of("ints_0", 70),
            CCaller.of("ints_1", 71, 1),
            CCaller.of("ints_2", 72, 1, -2),
            CCaller.of("ints_3", 73, 1, -2, 3),
            CCaller.of("ints_4", 74, 1, -2, 3, -4),
            CCaller.of("ints_5", 75, 1, -2, 3, -4, 5),
            CCaller.of("ints_6", 76, 1, -2, 3, -4, 5, -6),
            CCaller.of("ints_7", 77, 1, -2, 3, -4, 5, -6, 7),
            CCaller.of("ints_8", 78, 1, -2, 3, -4, 5, -6, 7, -8),
            CCaller.of("narrow", -1, (byte) -128, (byte) 255, (short) -32768, (char) 65535, true, false),
            CCaller.of("narrow_on_the_stack", -1L, 1L, 2L, 3L, 4L, 5L, 6L, (byte) -1, (byte) 254, (short) -3,
                    (char) 65532, true, -6, -7L),
            CCaller.of("returned_signed_char", (byte) -6, (byte) -5).stores(-6),
            CCaller.of("returned_unsigned_char", (byte) 250, (byte) 251).stores(250),
            CCaller.of("returned_unsigned_char", (char) 250, (byte) 251).stores(250),
            CCaller.of("returned_short", (short) -501, (short) -500).stores(-501),
            CCaller.of("returned_unsigned_short", (char) 65035, (char) 65036).stores(65035),
            CCaller.of("returned_true", true, false).stores(1),
            CCaller.of("returned_false", false, true).stores(2),

            CCaller.of("floats", 3.25f, 1.5f, -0.25f),
            CCaller.of("floats_and_doubles", 7.25, 1.5f, 2.5, -3.5f, -4.5, 5, 6.5f),
            CCaller.of("ten_doubles_and_ints", -0.0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8,
                    8.5, 9.5),
            CCaller.of("floats_on_the_stack", -1.5f, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.5f, 10, 11.5f),

            CCaller.of("pointers", MemorySegment.ofAddress(-2), MemorySegment.ofAddress(0x1000), MemorySegment.NULL,
                    MemorySegment.ofAddress(-16)),

            CCaller.of("variadic_ints", 8, STRING, 1, -2, 3L, 4, 5, 6, 7),
            CCaller.of("variadic_doubles", 10, STRING, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5),
            CCaller.of("variadic_mixed", 5, STRING, -1, 2.5, -3L, 4.5),

            CCaller.of("struct_one_float", struct(ONE_FLOAT, -3.5f), struct(ONE_FLOAT, 1.5f), -2.5f),
            CCaller.of("struct_two_ints", struct(TWO_INTS, 4, -5), struct(TWO_INTS, 1, -2), 3),
            CCaller.of("struct_two_doubles", struct(TWO_DOUBLES, 4.5, -5.5), struct(TWO_DOUBLES, 1.5, -2.5), 3.5),
            CCaller.of("struct_three_floats", struct(THREE_FLOATS, 5.5f, -6.5f, 7.5f),
                    struct(THREE_FLOATS, 1.5f, -2.5f, 3.5f), 4.5f),
            CCaller.of("struct_four_floats", struct(FOUR_FLOATS, 5.5f, -6.5f, 7.5f, -8.5f),
                    struct(FOUR_FLOATS, 1.5f, -2.5f, 3.5f, -4.5f), 5.5f),
            CCaller.of("struct_four_doubles", struct(FOUR_DOUBLES, 5.5, -6.5, 7.5, -8.5),
                    struct(FOUR_DOUBLES, 1.5, -2.5, 3.5, -4.5), 5.5),
            CCaller.of("struct_eight_doubles",
                    struct(EIGHT_DOUBLES, 9.5, -10.5, 11.5, -12.5, 13.5, -14.5, 15.5, -16.5),
                    struct(EIGHT_DOUBLES, 1.5, -2.5, 3.5, -4.5, 5.5, -6.5, 7.5, -8.5), 9),
            CCaller.of("struct_double_pointer", struct(DOUBLE_POINTER, -2.5, MemorySegment.ofAddress(0x3000)),
                    struct(DOUBLE_POINTER, 1.5, MemorySegment.ofAddress(0x1000)), 2),
            CCaller.of("struct_long_double", struct(LONG_DOUBLE, -5L, 6.5), struct(LONG_DOUBLE, -1L, 2.5), 3L, 4.5),
            CCaller.of("struct_double_long", struct(DOUBLE_LONG, 5.5, -6L), struct(DOUBLE_LONG, 1.5, -2L), 3.5, 4L),
            CCaller.of("struct_float_int_float", struct(FLOAT_INT_FLOAT, 4.5f, -5, 6.5f),
                    struct(FLOAT_INT_FLOAT, 1.5f, -2, 3.5f)),
            CCaller.of("struct_sixteen_chars",
                    struct(chars(16), bytes(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)),
                    struct(chars(16), bytes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))),
            CCaller.of("struct_three_chars", struct(chars(3), bytes(5, -6, 7)), struct(chars(3), bytes(-1, 2, -3)), 4),
            CCaller.of("struct_seven_chars", struct(chars(7), bytes(9, -8, 7, -6, 5, -4, 3)),
                    struct(chars(7), bytes(-1, 2, -3, 4, -5, 6, -7)), 8),
            CCaller.of("struct_thirteen_chars",
                    struct(chars(13), bytes(13, -12, 11, -10, 9, -8, 7, -6, 5, -4, 3, -2, 1)),
                    struct(chars(13), bytes(-1, 2, -3, 4, -5, 6, -7, 8, -9, 10, -11, 12, -13)), 14),
            CCaller.of("struct_nested", struct(NESTED, (byte) 6, (short) -7, (byte) 8, 9, -10),
                    struct(NESTED, (byte) 1, (short) -2, (byte) 3, 4, -5)),
            CCaller.of("struct_array_and_more",
                    struct(ARRAY_AND_MORE, (short) 6, (short) -7, (short) 8, (byte) 9, 10.5f),
                    struct(ARRAY_AND_MORE, (short) 1, (short) -2, (short) 3, (byte) 4, 5.5f)),

            CCaller.of("union_one_float", struct(ONE_FLOAT_UNION, -2.5f), struct(ONE_FLOAT_UNION, 1.5f), 2.5f, 3),
            CCaller.of("union_int_float", struct(INT_OR_FLOAT, -2.5f), struct(INT_OR_FLOAT, 1.5f), 2),
            CCaller.of("union_double_floats", struct(DOUBLE_OR_FLOATS, 4.5f, -5.5f),
                    struct(DOUBLE_OR_FLOATS, 1.5f, -2.5f), 3.5),
            CCaller.of("union_tagged", struct(TAGGED, prepend(4, bytes(9, 8, 7, 6, 5, 4, 3, 2, 1))),
                    struct(TAGGED, prepend(2, bytes(1, 2, 3, 4, 5, 6, 7, 8, 9))), 3),

            CCaller.of("packed_with_aligned_members", struct(PACKED, bytes(5, 4, 3, 2, 1)),
                    struct(PACKED, concat(bytesOf(0x04030201), bytes(-5))), 6),
            CCaller.of("packed_with_unaligned_members", 8, 1, 2, 3, 4, 5, 6,
                    struct(PACKED, concat(bytes(-1), bytesOf(0x05040302))), 7),
            CCaller.of("aligned_in_registers", struct(ALIGNED_PAIR, 5L, -6L), 1, struct(ALIGNED_PAIR, 2L, -3L), 4),
            CCaller.of("aligned_in_memory", struct(ALIGNED_LARGE, 7L, -8L, 9L, -10L), 1,
                    struct(ALIGNED_LARGE, 2L, -3L, 4L, -5L), 6),

            CCaller.of("struct_24_bytes", struct(BYTES_24, 5L, -6.5, 7), struct(BYTES_24, 1L, -2.5, 3), 4),
            CCaller.of("struct_40_bytes", struct(BYTES_40, 8.5, 9.5, 10.5, 11.5, 12.5), 1,
                    struct(BYTES_40, 2.5, 3.5, 4.5, 5.5, 6.5), 7.5),
            CCaller.of("struct_128_bytes", struct(BYTES_128, longs(100, 1)), struct(BYTES_128, longs(0, 1)),
                    struct(BYTES_128, longs(0, -1))),

            CCaller.of("struct_behind_five_ints", 10L, 1, 2, 3, 4, 5, struct(TWO_LONGS, -6L, -7L), 8L, 9L),
            CCaller.of("struct_behind_seven_ints", 12L, 1, 2, 3, 4, 5, 6, 7, struct(TWO_LONGS, -8L, -9L), 10L, 11L),
            CCaller.of("struct_behind_three_ints", 8, 1, 2, 3, struct(TWO_INTS, -4, -5), 6, 7),
            CCaller.of("struct_behind_nine_doubles", 8, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0,
                    struct(THREE_INTS, -1, -2, -3), struct(THREE_INTS, -4, -5, -6), 7),
            CCaller.of("struct_behind_twelve_doubles", 14.5f, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0,
                    12.0, struct(THREE_FLOATS, -1.5f, -2.5f, -3.5f), 13.0),
            CCaller.of("struct_behind_seven_doubles", 12.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0,
                    struct(TWO_DOUBLES, -8.0, -9.0), 10.0, 11.0),
            CCaller.of("mixed_struct_behind_six_ints", 10.5, 1, 2, 3, 4, 5, 6, struct(LONG_DOUBLE, -7L, -8.5), 9.5),
            CCaller.of("mixed_struct_behind_eight_ints", 12.5, 1, 2, 3, 4, 5, 6, 7, 8,
                    struct(LONG_DOUBLE, -9L, -10.5), 11.5),
            CCaller.of("large_result_and_six_ints", struct(BYTES_24, 7L, 8.5, -9), 1, -2, 3, -4, 5, -6),
            CCaller.of("mixed_result_and_six_ints", struct(DOUBLE_LONG, 8.5, -9L), 1, -2, 3, -4, 5, -6, 7.5));

    /** A struct or union, and where it lies. */
    record Struct(GroupLayout layout, MemorySegment segment) {}

    /**
     * A C function and its call of the callback.
     *
     * @param name the C function's name
     * @param function the callback's type
     * @param arguments what the callback gets
     * @param result what it returns, a list of one element; of none for {@code void}
     * @param storedLayout the type of what the C function stores
     * @param stored what it stores
     */
    record CCaller(String name, FunctionDescriptor function, List<Object> arguments, List<Object> result,
            MemoryLayout storedLayout, Object stored) {

        static CCaller of(String name, Object result, Object... arguments) {
            FunctionDescriptor function = FunctionDescriptor.of(layoutOf(result), layoutsOf(arguments));
            return new CCaller(name, function, valuesOf(arguments), valuesOf(result), layoutOf(result),
                    valueOf(result));
        }

        static CCaller ofVoid(String name, Object... arguments) {
            FunctionDescriptor function = FunctionDescriptor.ofVoid(layoutsOf(arguments));
            return new CCaller(name, function, valuesOf(arguments), List.of(), JAVA_INT, 0);
        }

        /** The same, but the C function makes something else of the callback's result. */
        CCaller stores(int other) {
            return new CCaller(name, function, arguments, result, JAVA_INT, other);
        }

        private static MemoryLayout[] layoutsOf(Object... values) {
            return Arrays.stream(values).map(CCaller::layoutOf).toArray(MemoryLayout[]::new);
        }

        private static MemoryLayout layoutOf(Object value) {
            return switch (value) {
                case Boolean _ -> JAVA_BOOLEAN;
                case Byte _ -> JAVA_BYTE;
                case Character _ -> JAVA_CHAR;
                case Short _ -> JAVA_SHORT;
                case Integer _ -> JAVA_INT;
                case Long _ -> LONG_LONG;
                case Float _ -> JAVA_FLOAT;
                case Double _ -> DOUBLE;
                case MemorySegment _ -> ADDRESS;
                case Struct struct -> struct.layout();
                default -> throw new IllegalArgumentException("no value of C: " + value);
            };
        }

        private static List<Object> valuesOf(Object... values) {
            return Arrays.stream(values).map(CCaller::valueOf).toList();
        }

        private static Object valueOf(Object value) {
            return value instanceof Struct struct ? struct.segment() : value;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static MemoryLayout array(long count, MemoryLayout element) {
        return MemoryLayout.sequenceLayout(count, element);
    }

    static GroupLayout chars(int count) {
        return CLayouts.struct(array(count, JAVA_BYTE));
    }

    static Object[] bytes(int... values) {
        return Arrays.stream(values).mapToObj(value -> (byte) value).toArray();
    }

    private static Object[] longs(long first, long step) {
        return IntStream.range(0, 16).mapToObj(i -> first + i * step).toArray();
    }

    /** The bytes of a number as they are in memory. */
    private static Object[] bytesOf(int number) {
        byte[] bytes = MemorySegment.ofArray(new int[]{number}).toArray(JAVA_BYTE);
        return IntStream.range(0, bytes.length).mapToObj(i -> bytes[i]).toArray();
    }

    private static Object[] concat(Object[] first, Object[] others) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(others)).toArray();
    }

    private static Object[] prepend(Object first, Object[] others) {
        return concat(new Object[]{first}, others);
    }

    /**
     * A struct with these values in its members, in order; of a union the first member gets them.
     */
    static Struct struct(GroupLayout layout, Object... values) {
        MemorySegment segment = Arena.ofAuto().allocate(layout);
        Iterator<Object> remaining = Arrays.asList(values).iterator();
        fill(segment, layout, 0, remaining);
        assertThat(remaining).isExhausted();
        return new Struct(layout, segment);
    }

    private static void fill(MemorySegment segment, MemoryLayout layout, long offset, Iterator<Object> values) {
        switch (layout) {
            case ValueLayout value -> value.varHandle().set(segment, offset, values.next());
            case PaddingLayout _ -> {
            }
            case SequenceLayout sequence -> {
                MemoryLayout element = sequence.elementLayout();
                for (long i = 0; i < sequence.elementCount(); i++) {
                    fill(segment, element, offset + i * element.byteSize(), values);
                }
            }
            case UnionLayout union -> fill(segment, union.memberLayouts().getFirst(), offset, values);
            case GroupLayout struct -> {
                long at = offset;
                for (MemoryLayout member : struct.memberLayouts()) {
                    fill(segment, member, at, values);
                    at += member.byteSize();
                }
            }
        }
    }

    /** A value in memory, the way a downcall would return it. */
    static Object load(MemoryLayout layout, MemorySegment segment) {
        return layout instanceof ValueLayout value ? value.varHandle().get(segment, 0L) : segment;
    }

    /** Structs of one to nineteen bytes. */
    private static Stream<CCaller> structsOfEverySize() {
        return IntStream.rangeClosed(1, 19).mapToObj(size -> CCaller.of("struct_chars_" + size,
                struct(chars(size), bytes(IntStream.range(0, size).map(i -> 50 + i).toArray())),
                struct(chars(size), bytes(IntStream.range(0, size).map(i -> i + 1).toArray())), 21,
                struct(chars(size), bytes(IntStream.range(0, size).map(i -> 100 - i).toArray()))));
    }

    /** Structs with padding before a value of each type, and behind it. */
    private static Stream<CCaller> structsWithPadding() {
        return Stream.of(aligned("short", JAVA_SHORT, (short) 2, (short) 5, (short) 8),
                aligned("int", JAVA_INT, 2, 5, 8), aligned("long_long", LONG_LONG, 2L, 5L, 8L),
                aligned("float", JAVA_FLOAT, 2f, 5f, 8f), aligned("double", DOUBLE, 2.0, 5.0, 8.0));
    }

    private static CCaller aligned(String name, ValueLayout layout, Object first, Object second, Object result) {
        GroupLayout struct = CLayouts.struct(JAVA_BYTE, layout, JAVA_BYTE);
        return CCaller.of("struct_aligned_" + name, struct(struct, (byte) 7, result, (byte) 9),
                struct(struct, (byte) 1, first, (byte) 3), struct(struct, (byte) -4, second, (byte) -6));
    }

    /** Every C function. */
    static Stream<CCaller> everyCaller() {
        return Stream.of(C_CALLERS.stream(), structsOfEverySize(), structsWithPadding()).flatMap(Function.identity());
    }

    /** The C functions of this run. */
    static Stream<CCaller> callers(Object name) {
        return Sample.most(everyCaller().toList(), name).stream();
    }

    static Stream<Arguments> everyCallerAtEachLevelWithEachLinker() {
        return UpcallLinker.compared().stream().flatMap(linker -> callers(linker).flatMap(caller -> Sample
                .oneOf(LEVELS, caller.name() + linker).stream().map(level -> Arguments.of(caller, level, linker))));
    }

    @ParameterizedTest(name = "{0} at {1}, {2}")
    @MethodSource("everyCallerAtEachLevelWithEachLinker")
    void theCallbackGetsWhatCPassesAndCGetsWhatItReturns(CCaller caller, SignatureCallers level, UpcallLinker linker) {
        Optional<String> ofStub = switch (linker) {
            case JDK -> JdkFaults.of(caller.function()).or(() -> JdkFaults.ofItsOwnStubs(caller.function()));
            case SALTO, GATE -> JdkFaults.of(caller.function());
            // C calls it, and it calls no stub of the JDK.
            case DATA_DRIVEN -> Optional.empty();
        };
        ofStub.or(() -> JdkFaults.ofCFunction(caller.name(), caller.function(), linker))
                .ifPresent(Assumptions::abort);
        check(caller, level, linker.name(),
                (target, arena) -> linker.upcallStub(target, caller.function(), arena));
    }

    static Stream<Arguments> everyVariadicCallerAtEachLevel() {
        return C_CALLERS.stream().filter(caller -> caller.name().startsWith("variadic_"))
                .flatMap(caller -> Sample.oneOf(LEVELS, caller.name()).stream()
                        .map(level -> Arguments.of(caller, level)));
    }

    /** An upcall stub has no option for calls as a variadic function. */
    @Tag("port")
    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("everyVariadicCallerAtEachLevel")
    void aVariadicCallInterfaceGetsWhatCPasses(CCaller caller, SignatureCallers level) {
        FunctionDescriptor function = caller.function();
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(function.returnLayout().orElseThrow(),
                function.argumentLayouts().toArray(MemoryLayout[]::new)), ClosureOption.firstVariadicArg(1));
        check(caller, level, type.toString(), (target, arena) -> UpcallLinker.bind(type, target, arena));
    }

    private static void check(CCaller caller, SignatureCallers level, String linker,
            BiFunction<MethodHandle, Arena, MemorySegment> makeCallback) {
        Sample.compared();
        try (Arena arena = Arena.ofConfined()) {
            Recorder recorder = new Recorder(caller.function(),
                    caller.result().isEmpty() ? null : caller.result().getFirst());
            callAndCheckResult(caller, level, linker, makeCallback.apply(recorder.handle(), arena));
            assertThat(recorder.takeSeen()).as("what the %s target sees", linker).isEqualTo(
                    Values.bits(caller.function().argumentLayouts(), caller.arguments().toArray()));
        }
    }

    /** Lets C call a callback, and compares what C gets. */
    static void callAndCheckResult(CCaller caller, SignatureCallers level, String linker, MemorySegment callback) {
        try (Arena arena = Arena.ofConfined()) {
            // More than C may write, to see that it does not
            MemorySegment stored = arena.allocate(256, 16).fill((byte) 0x5a);

            level.call(caller.name(), callback, stored);

            long size = caller.storedLayout().byteSize();
            MemorySegment result = stored.asSlice(0, size);
            assertThat(Values.bits(caller.storedLayout(), load(caller.storedLayout(), result)))
                    .as("what C gets from the %s stub", linker)
                    .isEqualTo(Values.bits(caller.storedLayout(), caller.stored()));
            assertThat(stored.asSlice(size).toArray(JAVA_BYTE)).as("behind the result").containsOnly(0x5a);
        }
    }

    private static MethodHandle handle(String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.lookup().findStatic(CSignaturesTest.class, name,
                    MethodType.methodType(result, parameters));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    /** Doubles the int, and moves the pointer to the next. */
    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static int advance(MemorySegment pointerToPointer) {
        MemorySegment pointer = pointerToPointer.get(ADDRESS.withTargetLayout(JAVA_INT), 0);
        int old = pointer.get(JAVA_INT, 0);
        pointer.set(JAVA_INT, 0, 2 * old);
        pointerToPointer.set(ADDRESS, 0, MemorySegment.ofAddress(pointer.address() + JAVA_INT.byteSize()));
        return old;
    }

    private static List<SignatureCallers> oneLevelOrAll() {
        return Sample.oneOf(LEVELS, "");
    }

    @ParameterizedTest
    @MethodSource("oneLevelOrAll")
    void aCallbackFollowsPointersToPointersAndChangesWhatTheyPointTo(SignatureCallers level) {
        AddressLayout pointerToPointer = ADDRESS.withTargetLayout(ADDRESS.withTargetLayout(JAVA_INT));
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT, pointerToPointer);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = StaticLinker.nativeLinker()
                    .upcallStub(handle("advance", int.class, MemorySegment.class), function, arena);
            MemorySegment result = arena.allocate(JAVA_INT);

            level.call("pointer_to_pointer", callback, result);

            // 7 was returned, the pointer points to 8, and the first number is 14
            assertThat(result.get(JAVA_INT, 0)).isEqualTo(7 + 100 * 8 + 10000 * 14);
        }
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static MemorySegment fibonacci(MemorySegment pair) {
        long a = pair.getAtIndex(LONG_LONG, 0);
        long b = pair.getAtIndex(LONG_LONG, 1);
        return MemorySegment.ofArray(new long[]{b, a + b});
    }

    @ParameterizedTest
    @MethodSource("oneLevelOrAll")
    void aCallbackIsCalledAgainWithTheStructThatItReturned(SignatureCallers level) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = StaticLinker.nativeLinker()
                    .upcallStub(handle("fibonacci", MemorySegment.class, MemorySegment.class),
                            FunctionDescriptor.of(TWO_LONGS, TWO_LONGS), arena);
            MemorySegment result = arena.allocate(TWO_LONGS);

            level.call("results_as_arguments", callback, result);

            assertThat(result.toArray(LONG_LONG)).containsExactly(23416728348467685L, 37889062373143906L);
        }
    }

    /** A callback that lets C call it again, to a depth of 50. */
    private static final class Nesting {
        private final SignatureCallers level;
        private final List<MemorySegment> callback = new ArrayList<>();
        private int depth;

        Nesting(SignatureCallers level) {
            this.level = level;
        }

        @SuppressWarnings("UnusedMethod") // reached through a method handle
        private MemorySegment call(MemorySegment first, MemorySegment second) {
            if (++depth == 50) {
                return first;
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment result = arena.allocate(BYTES_128);
                level.call("struct_128_bytes", callback.getFirst(), result);
                // Everything on the stack of this call has to be as it was
                assertThat(first.getAtIndex(LONG_LONG, 15)).isEqualTo(15);
                assertThat(second.getAtIndex(LONG_LONG, 15)).isEqualTo(-15);
                result.setAtIndex(LONG_LONG, 0, result.getAtIndex(LONG_LONG, 0) + 1);
                return MemorySegment.ofArray(result.toArray(LONG_LONG));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("oneLevelOrAll")
    void callbacksNest(SignatureCallers level) throws ReflectiveOperationException {
        Nesting nesting = new Nesting(level);
        MethodHandle target = MethodHandles.lookup().bind(nesting, "call",
                MethodType.methodType(MemorySegment.class, MemorySegment.class, MemorySegment.class));
        try (Arena arena = Arena.ofConfined()) {
            nesting.callback.add(StaticLinker.nativeLinker().upcallStub(target,
                    FunctionDescriptor.of(BYTES_128, BYTES_128, BYTES_128), arena));
            MemorySegment result = arena.allocate(BYTES_128);

            level.call("struct_128_bytes", nesting.callback.getFirst(), result);

            assertThat(result.getAtIndex(LONG_LONG, 0)).isEqualTo(49);
            assertThat(result.getAtIndex(LONG_LONG, 15)).isEqualTo(15);
        }
    }
}
