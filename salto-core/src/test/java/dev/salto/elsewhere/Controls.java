// SPDX-License-Identifier: Apache-2.0

package dev.salto.elsewhere;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * Makes code in a process that lost the right to writable and executable memory, which must fail.
 * {@code ./salto test-selinux} runs it. Ends with 0 if it works.
 */
final class Controls {
    private static final long SIZE_OF_FFI_CLOSURE = 56;

    /** More stubs than the code cache of that control has room for when it starts. */
    private static final int MANY_STUBS = 20_000;

    private Controls() {}

    public static void main(String[] arguments) throws Throwable {
        Revocation.await();
        switch (arguments[0]) {
            case "libffi" -> makeClosureOfLibffi();
            case "code-cache" -> makeStubs();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void makeClosureOfLibffi() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup library = SymbolLookup.libraryLookup("libffi.so.8", arena);
            MethodHandle allocate = Linker.nativeLinker().downcallHandle(library.findOrThrow("ffi_closure_alloc"),
                    FunctionDescriptor.of(ADDRESS, JAVA_LONG, ADDRESS));
            MemorySegment closure = (MemorySegment) allocate.invokeExact(SIZE_OF_FFI_CLOSURE, arena.allocate(ADDRESS));
            if (closure.address() == 0) {
                throw new IllegalStateException("libffi has no memory for a closure");
            }
        }
    }

    private static void makeStubs() throws ReflectiveOperationException {
        MethodHandle target = MethodHandles.lookup().findStatic(System.class, "gc",
                FunctionDescriptor.ofVoid().toMethodType());
        for (int i = 0; i < MANY_STUBS; i++) {
            MemorySegment _ = Linker.nativeLinker().upcallStub(target, FunctionDescriptor.ofVoid(), Arena.global());
        }
    }
}
