// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Collections;

/** A type of function, with a target in Java and a native loop that calls it. */
@SuppressWarnings("ImmutableEnumChecker") // descriptors and these targets do not change
public enum Shape {
    /** Two more integers than there are registers: the hidden argument goes on the stack. */
    EIGHT_INTS(EightInts.class,
            FunctionDescriptor.of(JAVA_LONG, Collections.nCopies(8, JAVA_INT).toArray(MemoryLayout[]::new)),
            (EightInts) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h) {
        @Override
        double call(MemorySegment function, long calls) {
            return Callers.callEightInts(function, calls);
        }
    },
    /** As many floating-point numbers as there are registers. */
    EIGHT_DOUBLES(EightDoubles.class,
            FunctionDescriptor.of(JAVA_DOUBLE, Collections.nCopies(8, JAVA_DOUBLE).toArray(MemoryLayout[]::new)),
            (EightDoubles) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h) {
        @Override
        double call(MemorySegment function, long calls) {
            return Callers.callEightDoubles(function, calls);
        }
    },
    /** An integer, a struct by value of 16 bytes in registers of both kinds, and a floating-point number. */
    MIXED(Mixed.class,
            FunctionDescriptor.of(JAVA_DOUBLE, JAVA_INT, MemoryLayout.structLayout(JAVA_LONG, JAVA_DOUBLE),
                    JAVA_DOUBLE),
            (Mixed) (a, pair, c) -> a + pair.get(JAVA_LONG, 0) + pair.get(JAVA_DOUBLE, 8) + c) {
        @Override
        double call(MemorySegment function, long calls) {
            return Callers.callMixed(function, calls);
        }
    };

    /** Eight integers. */
    @FunctionalInterface
    public interface EightInts {
        /** Is called. */
        long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    @FunctionalInterface
    public interface EightDoubles {
        /** Is called. */
        double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /** One of each kind. */
    @FunctionalInterface
    public interface Mixed {
        /** Is called. */
        double call(int a, MemorySegment pair, double c);
    }

    private final Class<?> functionalInterface;
    private final FunctionDescriptor function;
    private final Object target;

    Shape(Class<?> functionalInterface, FunctionDescriptor function, Object target) {
        this.functionalInterface = functionalInterface;
        this.function = function;
        this.target = target;
    }

    /** Makes native code call a function pointer of this type. */
    abstract double call(MemorySegment function, long calls);

    /** Gives the target a function pointer that lives as long as the arena. */
    MemorySegment open(Library library, Arena arena) {
        return switch (library) {
            case SALTO -> closureType().bind(target, arena);
            case JDK -> Linker.nativeLinker().upcallStub(method().bindTo(target), function, arena);
        };
    }

    @SuppressWarnings("unchecked")
    private ClosureType<Object> closureType() {
        return ClosureType.of((Class<Object>) functionalInterface, function);
    }

    private MethodHandle method() {
        try {
            return MethodHandles.lookup().findVirtual(functionalInterface, "call", function.toMethodType());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a shape's interface has the method call", e);
        }
    }
}
