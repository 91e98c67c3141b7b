// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.text.callers.CTypes;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The C library's function that sorts by a callback. */
final class Qsort {
    private static final MethodHandle QSORT = MethodHandles.explicitCastArguments(
            Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("qsort"),
                    FunctionDescriptor.ofVoid(ADDRESS, CTypes.LONG, CTypes.LONG, ADDRESS)),
            MethodType.methodType(void.class, MemorySegment.class, long.class, long.class, MemorySegment.class));

    private Qsort() {}

    /** Sorts {@code int}s in memory. */
    static void sort(MemorySegment numbers, MemorySegment comparator) throws Throwable {
        QSORT.invokeExact(numbers, numbers.byteSize() / JAVA_INT.byteSize(), JAVA_INT.byteSize(), comparator);
    }
}
