// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callbacks that compiled C calls by one of the two calling conventions of 32-bit Arm:
 * {@code arm-conventions.c}.
 */
@Tag("port")
final class ArmConventionsTest {
    private static final boolean IS_ARM = System.getProperty("os.arch").equals("arm");

    private static final MemoryLayout ONE_FLOAT = structLayout(JAVA_FLOAT);
    private static final MemoryLayout FLOATS = structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT);
    private static final MemoryLayout DOUBLES = structLayout(JAVA_DOUBLE, JAVA_DOUBLE);

    /** An argument or a result: the numbers in it. */
    record Value(MemoryLayout layout, List<Number> numbers) {
        static Value of(MemoryLayout layout, Number... numbers) {
            return new Value(layout, List.of(numbers));
        }
    }

    /**
     * The arguments of a C function for its callback.
     *
     * @param declared how many arguments are declared; {@link #NO_DOTS} if it has no three dots
     */
    record Shape(String name, int declared, Value result, List<Value> passed) {
        private static final int NO_DOTS = -1;

        static Shape of(String name, Value result, Value... passed) {
            return new Shape(name, NO_DOTS, result, List.of(passed));
        }

        CallInterface callInterface(Abi abi) {
            MemoryLayout[] layouts = passed.stream().map(Value::layout).toArray(MemoryLayout[]::new);
            return declared == NO_DOTS
                    ? CallInterface.prepare(abi, FunctionDescriptor.of(result.layout(), layouts))
                    : CallInterface.prepare(abi, FunctionDescriptor.of(result.layout(), layouts),
                            ClosureOption.firstVariadicArg(declared));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Value d(double number) {
        return Value.of(JAVA_DOUBLE, number);
    }

    private static Value f(float number) {
        return Value.of(JAVA_FLOAT, number);
    }

    private static Value i(int number) {
        return Value.of(JAVA_INT, number);
    }

    private static Value l(long number) {
        return Value.of(JAVA_LONG, number);
    }

    private static List<Shape> shapes() {
        MemoryLayout twoFloats = NativeLayouts.vector(JAVA_FLOAT, 2);
        MemoryLayout fourInts = NativeLayouts.vector(JAVA_INT, 4);
        return List.of(
                Shape.of("numbers", d(7.5), f(1.5f), d(-2.5), i(3), l(-4), f(5.5f), d(-6.5)),
                Shape.of("floats", f(7.5f), f(1.5f), f(-2.5f), f(3.5f), f(-4.5f), f(5.5f), f(-6.5f)),
                Shape.of("long", l(0x123456789abcdefL), f(1.5f), i(-2), l(3)),
                Shape.of("structs", Value.of(DOUBLES, 8.5, -9.5), i(1), Value.of(DOUBLES, 2.5, -3.5),
                        Value.of(FLOATS, 4.5f, -5.5f, 6.5f), f(-7.5f)),
                Shape.of("split_struct", Value.of(FLOATS, 6.5f, -7.5f, 8.5f), i(1),
                        Value.of(FLOATS, 2.5f, -3.5f, 4.5f), f(-5.5f)),
                Shape.of("small_struct", Value.of(ONE_FLOAT, -2.5f), Value.of(ONE_FLOAT, 1.5f)),
                Shape.of("complex", Value.of(NativeLayouts.complexDouble(), 6.5, -7.5),
                        Value.of(NativeLayouts.complexFloat(), 1.5f, -2.5f), i(3),
                        Value.of(NativeLayouts.complexDouble(), -4.5, 5.5)),
                Shape.of("vectors", Value.of(fourInts, -1, 2, -3, 4), f(1.5f), i(2), Value.of(twoFloats, 3.5f, -4.5f),
                        i(5), Value.of(fourInts, 6, -7, 8, -9), f(10.5f)),
                Shape.of("short_vector", Value.of(twoFloats, 3.5f, -4.5f), Value.of(twoFloats, 1.5f, -2.5f)),
                new Shape("variadic", 1, d(6.5), List.of(d(1.5), i(2), d(-3.5), Value.of(DOUBLES, 4.5, -5.5))),
                new Shape("variadic_without_more", 1, d(2.5), List.of(d(1.5))));
    }

    @BeforeAll
    static void onArm() {
        Assumptions.assumeTrue(IS_ARM, "these calling conventions are those of 32-bit Arm");
    }

    private static Stream<Arguments> everyShapeOfEachConvention() {
        return IS_ARM
                ? Stream.of(Abi.SYSV, Abi.VFP, Abi.NATIVE).flatMap(abi -> shapes().stream()
                        .flatMap(shape -> Sample
                                .oneOf(SignatureCallers.atEachLevel("arm-conventions"), abi + shape.name()).stream()
                                .map(level -> Arguments.of(abi, shape, level))))
                : Stream.of(Arguments.of(Abi.NATIVE, null, null));
    }

    @ParameterizedTest(name = "{0}: {1} at {2}")
    @MethodSource("everyShapeOfEachConvention")
    void theCallbackGetsWhatCPassesAndCGetsWhatItReturns(Abi abi, Shape shape, SignatureCallers level) {
        Sample.compared();
        String convention = abi == Abi.SYSV ? "base_" : "vfp_";
        Value result = shape.result();
        List<List<Number>> seen = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment returned = arena.allocate(result.layout());
            write(result.layout(), returned, 0, result.numbers().iterator());
            MemorySegment function = shape.callInterface(abi).bindBoxed((_, arguments) -> {
                for (int i = 0; i < arguments.length; i++) {
                    seen.add(numbers(arguments[i], shape.passed().get(i).layout()));
                }
                return result.layout() instanceof GroupLayout ? returned : result.numbers().getFirst();
            }, arena);
            MemorySegment stored = arena.allocate(64, 16).fill((byte) 0x5a);

            level.call(convention + shape.name(), function, stored);

            assertThat(seen).as("what the callback gets")
                    .isEqualTo(shape.passed().stream().map(Value::numbers).toList());
            assertThat(numbers(stored, result.layout(), 0)).as("what C gets").isEqualTo(result.numbers());
            assertThat(stored.asSlice(result.layout().byteSize()).toArray(ValueLayout.JAVA_BYTE))
                    .as("behind the result").containsOnly(0x5a);
        }
    }

    @Test
    void whatTheProcessorDoesNotHaveIsRefused() {
        for (Abi abi : List.of(Abi.NATIVE, Abi.SYSV, Abi.VFP)) {
            for (MemoryLayout unknown : List.of(NativeLayouts.float128(), NativeLayouts.int128())) {
                assertThatThrownBy(() -> CallInterface.prepare(abi, FunctionDescriptor.ofVoid(unknown)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll("AAPCS", "128", "pass a pointer");
            }
        }
        assertThatThrownBy(() -> CallInterface.prepare(Abi.STDCALL, FunctionDescriptor.ofVoid()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("STDCALL", "arm", "SYSV", "VFP");
    }

    private static List<Number> numbers(Object argument, MemoryLayout layout) {
        return argument instanceof MemorySegment segment ? numbers(segment, layout, 0) : List.of((Number) argument);
    }

    private static List<Number> numbers(MemorySegment segment, MemoryLayout layout, long offset) {
        List<Number> numbers = new ArrayList<>();
        forEachValue(layout, offset, (value, at) -> numbers.add(switch (value) {
            case ValueLayout.OfInt _ -> segment.get(ValueLayout.JAVA_INT_UNALIGNED, at);
            case ValueLayout.OfLong _ -> segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
            case ValueLayout.OfFloat _ -> segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
            case ValueLayout.OfDouble _ -> segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
            default -> throw new AssertionError(value);
        }));
        return numbers;
    }

    private static void write(MemoryLayout layout, MemorySegment segment, long offset, Iterator<Number> numbers) {
        forEachValue(layout, offset, (_, at) -> {
            switch (numbers.next()) {
                case Integer number -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, at, number);
                case Long number -> segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at, number);
                case Float number -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, number);
                case Double number -> segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, number);
                case Number number -> throw new AssertionError(number);
            }
        });
    }

    private interface ValueVisitor {
        void visit(ValueLayout value, long offset);
    }

    private static void forEachValue(MemoryLayout layout, long offset, ValueVisitor visitor) {
        switch (layout) {
            case ValueLayout value -> visitor.visit(value, offset);
            case SequenceLayout sequence -> {
                for (long i = 0; i < sequence.elementCount(); i++) {
                    forEachValue(sequence.elementLayout(), offset + i * sequence.elementLayout().byteSize(), visitor);
                }
            }
            case GroupLayout group -> {
                long at = offset;
                for (MemoryLayout member : group.memberLayouts()) {
                    forEachValue(member, at, visitor);
                    at += member.byteSize();
                }
            }
            default -> throw new AssertionError(layout);
        }
    }
}
