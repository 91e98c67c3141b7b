// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/** Salto's closures. */
class SaltoCallbacks extends PlainCallbacks {
    static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final Closure<?>[] closures;

    SaltoCallbacks(int capacity) {
        this(capacity, capacity);
    }

    /**
     * Room for callbacks.
     *
     * @param closures how many of them are held by an object each
     */
    SaltoCallbacks(int capacity, int closures) {
        super(capacity);
        this.closures = new Closure<?>[closures];
    }

    @Override
    void open(int place, IntBinaryOperator target) {
        Closure<IntBinaryOperator> closure = BINARY.bind(target);
        closures[place] = closure;
        setFunction(place, closure.address());
    }

    @Override
    public void close(int place) {
        closures[place].close();
    }

    /** Holds each closure in a local variable, as the loop of libffi's peer in C does. */
    @Override
    public void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            Closure<IntBinaryOperator> closure = BINARY.bind(target(i));
            setFunction(0, closure.address());
            closure.close();
        }
    }

    @Override
    public MemorySegment open(Shape shape) {
        return switch (shape) {
            case EIGHT_INTS -> type(PlainSum.EightInts.class, shape)
                    .bind(PlainSum.EIGHT_INTS, Arena.global());
            case EIGHT_DOUBLES -> type(PlainSum.EightDoubles.class, shape)
                    .bind(PlainSum.EIGHT_DOUBLES, Arena.global());
            case MIXED -> type(PlainSum.Mixed.class, shape)
                    .bind(PlainSum.MIXED, Arena.global());
        };
    }

    private static <T> ClosureType<T> type(Class<T> functionalInterface, Shape shape) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface, shape.function());
    }
}
