// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntBinaryOperator;

/** What gives a Java object a native function pointer, an {@code int (*)(int, int)}; each the way its documentation shows. */
public enum Library {
    /** A closure. */
    SALTO {
        @Override
        AutoCloseable open(IntBinaryOperator target, MemorySegment functions, long index) {
            Closure<IntBinaryOperator> closure = BINARY.bind(target);
            functions.setAtIndex(ADDRESS, index, closure.address());
            return closure;
        }
    },

    /**
     * An upcall stub of the interface's method, bound to the object. A stub lives as long as its arena, so one that can be closed alone
     * takes an arena of its own; a confined one is the cheapest to open, and by far the cheapest to close.
     */
    JDK {
        @Override
        AutoCloseable open(IntBinaryOperator target, MemorySegment functions, long index) {
            Arena arena = Arena.ofConfined();
            functions.setAtIndex(ADDRESS, index, LINKER.upcallStub(APPLY_AS_INT.bindTo(target), DESCRIPTOR, arena));
            return arena;
        }
    };

    private static final FunctionDescriptor DESCRIPTOR = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class, DESCRIPTOR);
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle APPLY_AS_INT = findApplyAsInt();

    /**
     * Opens a callback of its own, and writes its function pointer to where native code reads it.
     *
     * @param functions an array of pointers
     * @param index the pointer to set
     * @return what closes this callback and no other; to be closed by the thread that opened it
     */
    abstract AutoCloseable open(IntBinaryOperator target, MemorySegment functions, long index);

    private static MethodHandle findApplyAsInt() {
        try {
            return MethodHandles.publicLookup().findVirtual(IntBinaryOperator.class, "applyAsInt",
                    MethodType.methodType(int.class, int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the JDK lacks IntBinaryOperator.applyAsInt", e);
        }
    }
}
