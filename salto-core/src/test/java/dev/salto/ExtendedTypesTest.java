// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callbacks that compiled C calls with types that the JDK has no layouts for: {@code extended.c}.
 */
@Tag("port")
final class ExtendedTypesTest {
    private static final List<SignatureCallers> LEVELS = SignatureCallers.atEachLevel("extended");

    private static final String ALONE = "_alone";
    private static final String AND_INT = "_and_int";
    private static final String PACKED = "_packed";

    /** A type's name in C, and its layout. */
    record Type(String name, Supplier<MemoryLayout> layout) {
        /** Whether the compiler has such a type for this architecture. */
        boolean isKnownToC() {
            return LEVELS.getFirst().find(name + "_a").isPresent();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Type> TYPES = List.of(
            new Type("long_double", NativeLayouts::longDouble),
            new Type("float128", NativeLayouts::float128),
            new Type("int128", NativeLayouts::int128),
            new Type("complex_float", NativeLayouts::complexFloat),
            new Type("complex_double", NativeLayouts::complexDouble),
            new Type("complex_long_double", NativeLayouts::complexLongDouble),
            new Type("vector_two_floats", () -> NativeLayouts.vector(JAVA_FLOAT, 2)),
            new Type("vector_four_floats", () -> NativeLayouts.vector(JAVA_FLOAT, 4)),
            new Type("vector_one_double", () -> NativeLayouts.vector(ValueLayout.JAVA_DOUBLE, 1)),
            new Type("vector_one_long_long", () -> NativeLayouts.vector(JAVA_LONG, 1)),
            new Type("vector_two_doubles", () -> NativeLayouts.vector(ValueLayout.JAVA_DOUBLE, 2)),
            new Type("vector_four_shorts", () -> NativeLayouts.vector(JAVA_SHORT, 4)),
            new Type("float16", NativeLayouts::float16),
            new Type("vector_four_chars", () -> NativeLayouts.vector(JAVA_BYTE, 4)),
            new Type("vector_two_shorts", () -> NativeLayouts.vector(JAVA_SHORT, 2)),
            new Type("vector_four_ints", () -> NativeLayouts.vector(JAVA_INT, 4)));

    /**
     * The arguments of a C function for its callback: numbers, and the names of variables after the
     * name of the type.
     *
     * @param result the name of the variable with what the callback returns
     * @param fixed how many arguments are declared; {@link #NO_DOTS} if it has no three dots
     */
    record Shape(String name, String result, int fixed, List<Object> passed) {
        private static final int NO_DOTS = -1;

        static Shape of(String name, String result, Object... passed) {
            return new Shape(name, result, NO_DOTS, List.of(passed));
        }

        Shape withFixed(int declared) {
            return new Shape(name, result, declared, passed);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Shape> SHAPES = List.of(
            Shape.of("_one", "_c", "_a"),
            Shape.of("_between", "_c", 1, "_a", 2.5, "_b", -3),
            Shape.of("_many", "_c", "_a", "_b", "_a", "_b", "_a", "_b", "_a", "_b", "_a", "_b"),
            Shape.of("_behind_longs", "_c", 1L, -2L, 3L, -4L, 5L, "_a", -6L, "_b", 7L),
            Shape.of("_behind_nine_longs", "_c", 1L, -2L, 3L, -4L, 5L, -6L, 7L, -8L, 9L, "_a", -10L, "_b"),
            Shape.of("_behind_one_long", "_c", 1L, "_a", -2L, "_b"),
            Shape.of("_behind_doubles", "_c", 1.5, -2.5, 3.5, -4.5, 5.5, -6.5, 7.5, "_a", -8.5, "_b"),
            Shape.of("_struct", ALONE + "_c", ALONE + "_a", 1),
            Shape.of("_larger_struct", AND_INT + "_c", 1, AND_INT + "_a", -2),
            Shape.of("_packed_struct", PACKED + "_c", 1, PACKED + "_a", -2),
            Shape.of("_variadic", "_c", 1, "_a", 2.5, -3, "_b", 4L).withFixed(1));

    private static Stream<Arguments> everyTypeInEveryShape() {
        return TYPES.stream().flatMap(type -> Sample.most(SHAPES, type.name()).stream()
                .flatMap(shape -> Sample.oneOf(waysOf(type, shape), type.name() + shape.name()).stream()));
    }

    /** How a handler reads and answers: as objects, by type, or as bytes. */
    enum Access {
        BOXED, TYPED, UNTYPED
    }

    private static List<Arguments> waysOf(Type type, Shape shape) {
        return LEVELS.stream()
                .flatMap(level -> Stream.of(Access.values()).map(access -> Arguments.of(type, shape, level, access)))
                .toList();
    }

    @ParameterizedTest(name = "{0}{1} at {2}, {3}")
    @MethodSource("everyTypeInEveryShape")
    void theCallbackGetsWhatCPassesAndCGetsWhatItReturns(Type type, Shape shape, SignatureCallers level,
            Access access) {
        assumeTrue(type.isKnownToC(), () -> "the C compiler has no type " + type + " on this architecture");
        Sample.compared();
        MemoryLayout layout = type.layout().get();
        MemoryLayout result = layoutOf(shape.result(), layout);
        MemoryLayout[] parameters = shape.passed().stream().map(value -> layoutOf(value, layout))
                .toArray(MemoryLayout[]::new);
        CallInterface callInterface = shape.fixed() == Shape.NO_DOTS
                ? CallInterface.prepare(FunctionDescriptor.of(result, parameters))
                : CallInterface.prepare(FunctionDescriptor.of(result, parameters),
                        ClosureOption.firstVariadicArg(shape.fixed()));
        MemorySegment returned = level.find(type.name() + shape.result()).orElseThrow().reinterpret(result.byteSize());
        List<String> seen = new ArrayList<>();

        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = access == Access.BOXED
                    ? callInterface.bindBoxed((_, arguments) -> {
                        for (int i = 0; i < arguments.length; i++) {
                            seen.add(show(arguments[i], parameters[i]));
                        }
                        return box(returned, result);
                    }, arena)
                    : callInterface.bind(arguments -> {
                        for (int i = 0; i < parameters.length; i++) {
                            seen.add(show(read(arguments, i, parameters[i], access), parameters[i]));
                        }
                        if (access == Access.UNTYPED) {
                            arguments.setReturnFrom(MemorySegment.ofArray(returned.toArray(JAVA_BYTE)));
                        } else if (result instanceof GroupLayout) {
                            arguments.setReturn(returned);
                        } else {
                            arguments.setReturn(returned.get(DOUBLE, 0));
                        }
                    }, arena);
            MemorySegment stored = arena.allocate(256, 16).fill((byte) 0x5a);
            level.call(type.name() + shape.name(), function, stored);

            List<String> passed = new ArrayList<>();
            for (int i = 0; i < parameters.length; i++) {
                Object value = shape.passed().get(i);
                passed.add(show(value instanceof String name
                        ? box(level.find(type.name() + name).orElseThrow().reinterpret(parameters[i].byteSize()),
                                parameters[i])
                        : value, parameters[i]));
            }
            assertThat(seen).as("what the callback gets").isEqualTo(passed);
            assertThat(bytes(stored, result)).as("what C gets").isEqualTo(bytes(returned, result));
            assertThat(stored.asSlice(result.byteSize()).toArray(JAVA_BYTE)).as("behind the result")
                    .containsOnly(0x5a);
        }
    }

    private static MemoryLayout layoutOf(Object value, MemoryLayout type) {
        return switch (value) {
            case Integer _ -> JAVA_INT;
            case Long _ -> LONG;
            case Double _ -> DOUBLE;
            case String name when name.startsWith(ALONE) -> CLayouts.struct(type);
            case String name when name.startsWith(PACKED) ->
                MemoryLayout.structLayout(JAVA_BYTE, NativeLayouts.packed(type));
            case String name when name.startsWith(AND_INT) -> CLayouts.struct(type, JAVA_INT);
            default -> type;
        };
    }

    private static Object box(MemorySegment value, MemoryLayout layout) {
        return layout instanceof GroupLayout ? value : (Object) value.get(DOUBLE, 0);
    }

    private static Object read(dev.salto.Arguments arguments, int index, MemoryLayout layout, Access access) {
        if (access == Access.UNTYPED) {
            MemorySegment copy = MemorySegment.ofArray(new byte[(int) layout.byteSize()]);
            arguments.copyTo(index, copy);
            return layout instanceof ValueLayout value ? number(copy, value) : copy;
        }
        return switch (layout) {
            case ValueLayout.OfInt _ -> arguments.getInt(index);
            case ValueLayout.OfLong _ -> arguments.getLong(index);
            case ValueLayout.OfDouble _ -> arguments.getDouble(index);
            default -> arguments.getSegment(index);
        };
    }

    private static Object number(MemorySegment copy, ValueLayout layout) {
        return switch (layout) {
            case ValueLayout.OfInt _ -> copy.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
            case ValueLayout.OfLong _ -> copy.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            default -> copy.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0);
        };
    }

    private static String show(Object value, MemoryLayout layout) {
        if (value instanceof MemorySegment segment) {
            return bytes(segment, layout);
        }
        return value instanceof Number number && layout instanceof ValueLayout ? number.doubleValue() + "" : "?";
    }

    /**
     * The bytes of a value without padding, which is in numbers of 80 bits, and between members.
     */
    private static String bytes(MemorySegment segment, MemoryLayout layout) {
        byte[] bytes = segment.asSlice(0, layout.byteSize()).toArray(JAVA_BYTE);
        clearPadding(layout, 0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void clearPadding(MemoryLayout layout, int offset, byte[] bytes) {
        int end = offset + (int) layout.byteSize();
        if (layout instanceof PaddingLayout) {
            Arrays.fill(bytes, offset, end, (byte) 0);
        } else if (isX87(layout)) {
            Arrays.fill(bytes, offset + 10, end, (byte) 0);
        } else if (layout instanceof GroupLayout group) {
            int place = offset;
            for (MemoryLayout member : group.memberLayouts()) {
                clearPadding(member, place, bytes);
                place += (int) member.byteSize();
            }
        } else if (layout instanceof SequenceLayout sequence) {
            int size = (int) sequence.elementLayout().byteSize();
            for (int place = offset; place < end; place += size) {
                clearPadding(sequence.elementLayout(), place, bytes);
            }
        }
    }

    private static boolean isX87(MemoryLayout layout) {
        return List.of("amd64", "i386").contains(System.getProperty("os.arch"))
                && NativeLayouts.longDouble() instanceof GroupLayout
                && NativeLayouts.packed(layout).withoutName().equals(NativeLayouts.packed(NativeLayouts.longDouble()));
    }

    @Test
    void aTypeIsKnownByItsContentWhateverItsName() {
        MemoryLayout named = NativeLayouts.complexFloat().withName("z");

        assertThat(CallInterface.prepare(FunctionDescriptor.of(named, named)).descriptor().argumentLayouts())
                .containsExactly(named);
    }

    interface SegmentSource {
        MemorySegment get();
    }

    @Test
    void otherClosuresRefuseThem() {
        FunctionDescriptor function = FunctionDescriptor.of(NativeLayouts.complexFloat());

        assertThatThrownBy(() -> ClosureType.of(MethodHandles.lookup(), SegmentSource.class, function))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CallInterface");
    }

    @Test
    void noGateIsMadeForAnyOfThem() {
        TYPES.stream().filter(Type::isKnownToC).map(type -> type.layout().get())
                .filter(layout -> layout instanceof GroupLayout)
                .forEach(layout -> {
                    for (FunctionDescriptor function : List.of(FunctionDescriptor.ofVoid(layout, JAVA_INT),
                            FunctionDescriptor.of(CLayouts.struct(layout)))) {
                        assertThatThrownBy(() -> CallInterface.prepare(function, ClosureOption.tier(Tier.GATE)))
                                .as("%s", function).isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("data-driven");
                    }
                });
    }

    @Test
    void aVectorHasFourEightOrSixteenBytes() {
        assertThatThrownBy(() -> NativeLayouts.vector(JAVA_LONG, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24 bytes");
    }

    /**
     * A narrow result.
     *
     * @param expected what C gets of a result whose bits are all ones
     */
    record Narrow(String name, ValueLayout layout, long expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Narrow> narrowResults() {
        return Stream.of(new Narrow("signed_char", JAVA_BYTE, -1), new Narrow("short", JAVA_SHORT, -1),
                new Narrow("int", JAVA_INT, -1), new Narrow("unsigned_char", NativeLayouts.unsignedChar(), 0xff),
                new Narrow("unsigned_short", NativeLayouts.unsignedShort(), 0xffff),
                new Narrow("unsigned_int", NativeLayouts.unsignedInt(), 0xffffffffL));
    }

    @ParameterizedTest
    @MethodSource("narrowResults")
    void cGetsANarrowResultAsItsTypeSays(Narrow narrow) {
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(narrow.layout()));
        for (SignatureCallers level : LEVELS) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment boxed = type.bindBoxed((_, _) -> switch (narrow.layout()) {
                    case ValueLayout.OfByte _ -> (Object) (byte) -1;
                    case ValueLayout.OfShort _ -> (short) -1;
                    default -> -1;
                }, arena);
                MemorySegment direct = type.bind(arguments -> {
                    switch (narrow.layout()) {
                        case ValueLayout.OfByte _ -> arguments.setReturn((byte) -1);
                        case ValueLayout.OfShort _ -> arguments.setReturn((short) -1);
                        default -> arguments.setReturn(-1);
                    }
                }, arena);
                MemorySegment stored = arena.allocate(JAVA_LONG);
                for (MemorySegment function : List.of(boxed, direct)) {
                    level.call("widened_" + narrow.name(), function, stored);
                    assertThat(stored.get(JAVA_LONG, 0)).as("%s", level).isEqualTo(narrow.expected());
                }
            }
        }
    }

    @Test
    void anUnsignedResultCannotHaveAGate() {
        FunctionDescriptor function = FunctionDescriptor.of(NativeLayouts.unsignedChar());

        assertThatThrownBy(() -> CallInterface.prepare(function, ClosureOption.tier(Tier.GATE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unsigned");
    }

    @Test
    void aPackedLayoutKeepsSizeAndNameAndHasNoAlignment() {
        MemoryLayout struct = CLayouts.struct(JAVA_BYTE, NativeLayouts.complexDouble(),
                MemoryLayout.sequenceLayout(2, CLayouts.union(JAVA_INT, JAVA_SHORT).withName("u"))).withName("s");

        MemoryLayout packed = NativeLayouts.packed(struct);

        assertThat(packed.byteAlignment()).isEqualTo(1);
        assertThat(packed.byteSize()).isEqualTo(struct.byteSize());
        assertThat(packed.name()).contains("s");
    }
}
