// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.jextract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.StaticLinker;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * The callback of {@code sqlite3_exec}. jextract makes a class like this for each type of function
 * pointer that it finds in a header:
 *
 * {@snippet lang = c :
 * int (*callback)(void *context, int count, char **values, char **names)
 * }
 */
public final class RowCallback {
    private static final FunctionDescriptor DESCRIPTOR = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS,
            ADDRESS);
    private static final MethodHandle APPLY = findApply();

    private RowCallback() {}

    /** The callback as a functional interface. */
    @FunctionalInterface
    public interface Function {
        /** Receives a row; a result other than 0 ends the query. */
        int apply(MemorySegment context, int count, MemorySegment values, MemorySegment names);
    }

    /** Gives a function object a function pointer that lives as long as the arena. */
    public static MemorySegment allocate(Function fi, Arena arena) {
        // This is the line. jextract writes: Linker.nativeLinker().upcallStub(...)
        return StaticLinker.nativeLinker().upcallStub(APPLY.bindTo(fi), DESCRIPTOR, arena);
    }

    private static MethodHandle findApply() {
        try {
            return MethodHandles.lookup().findVirtual(Function.class, "apply", DESCRIPTOR.toMethodType());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Function has its method", e);
        }
    }
}
