// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * A function type, with objects that have numbers, and a native call that shows the number. All
 * answers are exact.
 *
 * @param type the type; shared by all shapes of the same name
 * @param targets makes an object with a number
 * @param call calls a function pointer
 * @param expected what the call returns, from the object's number
 */
record Shape<T>(String name, ClosureType<T> type, IntFunction<T> targets, ToDoubleFunction<MemorySegment> call,
        IntToDoubleFunction expected) {

    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** More integers than there are registers. */
    interface EightInts {
        long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Floating-point numbers only. */
    interface EightDoubles {
        double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /** A struct as a parameter. */
    interface Mixed {
        double call(int a, MemorySegment pair, double c);
    }

    /** A struct as the result, in registers. */
    interface ForQuad {
        MemorySegment call(int a);
    }

    /** A struct as the result, in memory, and arguments on the stack. */
    interface ForLarge {
        MemorySegment call(int a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
    }

    /** All shapes, for one thread: the structs that their objects return are theirs alone. */
    static List<Shape<?>> all() {
        return List.of(binary(), eightInts(), eightDoubles(), mixed(), forQuad(), forLarge());
    }

    double answer(MemorySegment function) {
        return call.applyAsDouble(function);
    }

    private static Shape<IntBinaryOperator> binary() {
        return new Shape<>("int (int, int)", ClosureType.of(HERE, IntBinaryOperator.class, BINARY),
                number -> (a, b) -> a * 31 + b + number,
                function -> Callers.callRepeatedly(function, 1, 7),
                number -> 7 * 31 + number);
    }

    /**
     * The caller makes two calls, with 0 and 1 as the first argument and 2 to 8 as the others, and
     * adds up.
     */
    private static Shape<EightInts> eightInts() {
        return new Shape<>("long (8 ints)", ClosureType.of(HERE, EightInts.class,
                FunctionDescriptor.of(LONG_LONG, Collections.nCopies(8, JAVA_INT).toArray(MemoryLayout[]::new))),
                number -> (a, b, c, d, e, f, g, h) -> a + 2L * b + 3L * c + 4L * d + 5L * e + 6L * f + 7L * g + 8L * h
                        + number,
                function -> Callers.callEightInts(function, 2),
                number -> 1 + 2 * 203 + 2.0 * number);
    }

    private static Shape<EightDoubles> eightDoubles() {
        return new Shape<>("double (8 doubles)", ClosureType.of(HERE, EightDoubles.class,
                FunctionDescriptor.of(DOUBLE, Collections.nCopies(8, DOUBLE).toArray(MemoryLayout[]::new))),
                number -> (a, b, c, d, e, f, g, h) -> a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h
                        + number,
                function -> Callers.callEightDoubles(function, 2),
                number -> 1 + 2 * 203 + 2.0 * number);
    }

    /** Two calls, with {@code (i, {i, 0.5}, 2)}. */
    private static Shape<Mixed> mixed() {
        return new Shape<>("double (int, struct, double)", ClosureType.of(HERE, Mixed.class,
                FunctionDescriptor.of(DOUBLE, JAVA_INT, MemoryLayout.structLayout(LONG_LONG, DOUBLE), DOUBLE)),
                number -> (a, pair, c) -> a + 2 * pair.get(LONG_LONG, 0) + 4 * pair.get(DOUBLE, 8) + 8 * c + number,
                function -> Callers.callMixed(function, 2),
                number -> 1 + 2 * 1 + 2 * (4 * 0.5 + 8 * 2) + 2.0 * number);
    }

    private static Shape<ForQuad> forQuad() {
        int exactInFloats = 0xffff;
        MemorySegment quad = Arena.ofAuto().allocate(JAVA_FLOAT, 4);
        return new Shape<>("struct in registers (int)", ClosureType.of(HERE, ForQuad.class,
                FunctionDescriptor.of(MemoryLayout.structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT),
                        JAVA_INT)),
                number -> a -> {
                    quad.setAtIndex(JAVA_FLOAT, 0, a + (number & exactInFloats));
                    for (int i = 1; i < 4; i++) {
                        quad.setAtIndex(JAVA_FLOAT, i, i);
                    }
                    return quad;
                },
                function -> Callers.callForQuad(function, 5),
                number -> 5 + (number & exactInFloats) + 2 * 1 + 4 * 2 + 8 * 3);
    }

    private static Shape<ForLarge> forLarge() {
        MemorySegment large = Arena.ofAuto().allocate(LONG_LONG, 5);
        return new Shape<>("struct in memory (10 integers)", ClosureType.of(HERE, ForLarge.class,
                FunctionDescriptor.of(MemoryLayout.structLayout(LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG),
                        JAVA_INT, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG,
                        LONG_LONG, LONG_LONG)),
                number -> (a, b, c, d, e, f, g, h, i, j) -> {
                    large.setAtIndex(LONG_LONG, 0, a + (long) number);
                    large.setAtIndex(LONG_LONG, 1, b + 2 * c + 3 * d);
                    large.setAtIndex(LONG_LONG, 2, 4 * e + 5 * f + 6 * g);
                    large.setAtIndex(LONG_LONG, 3, 7 * h + 8 * i);
                    large.setAtIndex(LONG_LONG, 4, 9 * j);
                    return large;
                },
                function -> Callers.callForLarge(function, 5),
                number -> 5.0 + number + (2 + 6 + 12) + (20 + 30 + 42) + (56 + 72) + 90);
    }
}
