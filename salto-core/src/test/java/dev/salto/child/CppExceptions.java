// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallInterface;
import dev.salto.NativeBinding;
import dev.salto.Trampoline;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Has C++ call a function pointer behind which C++ throws, and prints what the caller catches, as
 * {@code caught}. The arguments are the library, and what the function pointer is.
 */
final class CppExceptions {
    private static final FunctionDescriptor SHORT = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
    private static final FunctionDescriptor LONG = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

    private CppExceptions() {}

    public static void main(String[] arguments) throws Throwable {
        SymbolLookup library = SymbolLookup.libraryLookup(Path.of(arguments[0]), Arena.global());
        MemorySegment throwing = library.findOrThrow("throw_with_one");
        switch (arguments[1]) {
            case "trampoline" -> {
                try (Trampoline trampoline = Trampoline.allocate()) {
                    trampoline.set(throwing, MemorySegment.NULL);
                    call(library, "catch_from_one", trampoline.address());
                }
            }
            case "binding" -> {
                try (NativeBinding binding = NativeBinding.bindTrailing(throwing, SHORT, MemorySegment.NULL)) {
                    call(library, "catch_from_one", binding.address());
                }
            }
            case "binding-on-the-stack" -> {
                try (NativeBinding binding = NativeBinding.bindTrailing(library.findOrThrow("throw_with_nine"), LONG,
                        MemorySegment.NULL)) {
                    call(library, "catch_from_nine", binding.address());
                }
            }
            case "callback" -> {
                MethodHandle thrower = Linker.nativeLinker().downcallHandle(throwing, SHORT);
                MemorySegment callback = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                        .bindBoxed((_, values) -> invoke(thrower, (int) values[0]), Arena.global());
                call(library, "catch_from_one", callback);
            }
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    private static int invoke(MethodHandle thrower, int value) {
        try {
            return (int) thrower.invokeExact(value, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing", e);
        }
    }

    private static void call(SymbolLookup library, String caller, MemorySegment function) throws Throwable {
        MethodHandle call = Linker.nativeLinker().downcallHandle(library.findOrThrow(caller),
                FunctionDescriptor.of(JAVA_INT, ADDRESS));
        System.out.println("caught=" + (int) call.invokeExact(function));
    }
}
