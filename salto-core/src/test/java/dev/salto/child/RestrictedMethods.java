// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.CurrentCall;
import dev.salto.NativeBinding;
import dev.salto.StaticLinker;
import dev.salto.Trampoline;
import dev.salto.TrampolineTable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/**
 * Calls the methods that make native code jump to an address, from a class outside of Salto's
 * module. It prints the outcome of each: {@code done}, or the exception. The JDK's own comes last,
 * because it gives native access to its caller where it is not denied.
 */
public final class RestrictedMethods {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private RestrictedMethods() {}

    public static int add(int a, int b) {
        return a + b;
    }

    private interface Action {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        MethodHandle direct = MethodHandles.lookup().findStatic(RestrictedMethods.class, "add", BINARY.toMethodType());
        MethodHandle combined = MethodHandles.permuteArguments(direct, BINARY.toMethodType(), 1, 0);
        // Nobody calls what it leads to.
        MemorySegment function = MemorySegment.ofAddress(1 << 20);
        attempt("closure", () -> ClosureType.of(IntBinaryOperator.class, BINARY).bind((a, _) -> a).close());
        attempt("direct", () -> StaticLinker.nativeLinker().upcallStub(direct, BINARY, Arena.ofAuto()));
        attempt("combined", () -> StaticLinker.nativeLinker().upcallStub(combined, BINARY, Arena.ofAuto()));
        attempt("trampoline", () -> Trampoline.allocate().set(function, MemorySegment.NULL).close());
        attempt("table", () -> TrampolineTable.allocate(1).close());
        attempt("binding", () -> NativeBinding
                .bindTrailing(function, FunctionDescriptor.ofVoid(ADDRESS), MemorySegment.NULL).close());
        attempt("leaving", () -> {
            try {
                CurrentCall.leaveBy(function);
            } catch (IllegalStateException e) {
                // No native code has called.
            }
        });
        attempt("jdk", () -> Linker.nativeLinker().upcallStub(direct, BINARY, Arena.ofAuto()));
    }

    private static void attempt(String name, Action action) {
        try {
            action.run();
            System.out.println(name + "=done");
        } catch (Exception e) {
            System.out.println(name + "=" + e);
        }
    }
}
