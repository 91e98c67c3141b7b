// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.Trampoline;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A marshaller: native code calls {@code int (*)(int, int)} or {@code double (*)(double)}, and all
 * these calls reach one native function that gets an object and an array of arguments.
 */
public final class MarshallerExample implements AutoCloseable {
    /** {@code struct sum}, the object of {@code add_up}. */
    private static final MemoryLayout SUM = MemoryLayout.structLayout(JAVA_DOUBLE, JAVA_LONG);

    private static final MethodHandle CALL_WITH_INTS = Targets.link("call_with_ints",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CALL_WITH_DOUBLE = Targets.link("call_with_double",
            FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS, JAVA_DOUBLE));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment sum = arena.allocate(SUM);
    private final Trampoline twoInts = Trampoline.allocate();
    private final Trampoline oneDouble = Trampoline.allocate();

    /** Makes two functions of different types for one object that adds up their arguments. */
    public MarshallerExample() {
        // struct route { double (*function)(void *, int, const double *); void *object; };
        MemorySegment route = arena.allocate(ADDRESS, 2);
        route.setAtIndex(ADDRESS, 0, Targets.address("add_up"));
        route.setAtIndex(ADDRESS, 1, sum);
        // The target knows the caller's signature, and the data says what to call.
        twoInts.set(Targets.address("two_ints"), route);
        oneDouble.set(Targets.address("one_double"), route);
    }

    /** {@return what native code gets that calls {@code int (*)(int, int)}} */
    public int call(int a, int b) {
        return Callbacks.callAndRethrow(RuntimeException.class,
                () -> (int) CALL_WITH_INTS.invokeExact(twoInts.address(), a, b));
    }

    /** {@return what native code gets that calls {@code double (*)(double)}} */
    public double call(double a) {
        return Callbacks.callAndRethrow(RuntimeException.class,
                () -> (double) CALL_WITH_DOUBLE.invokeExact(oneDouble.address(), a));
    }

    /** {@return how many calls have reached the object} */
    public long calls() {
        return sum.get(JAVA_LONG, JAVA_DOUBLE.byteSize());
    }

    @Override
    public void close() {
        twoInts.close();
        oneDouble.close();
        arena.close();
    }

    /** Calls both. */
    public static void main(String[] arguments) {
        try (MarshallerExample sum = new MarshallerExample()) {
            System.out.println("add 20 and 21: " + sum.call(20, 21));
            System.out.println("add 1.5: " + sum.call(1.5));
            System.out.println("calls: " + sum.calls());
        }
    }
}
