// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Salto;
import dev.salto.StaticLinker;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/**
 * Lets an exception leave a callback, and has a closure called that is closed. Prints what native
 * code got, and how many there were.
 */
public final class Failures {
    private Failures() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        if (Boolean.getBoolean("test.linker")) {
            callStubOfLinker();
            return;
        }
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ClosureOption.onException(
                        Boolean.getBoolean("test.end") ? ExceptionPolicy.endProcess() : ExceptionPolicy.returnZero()));
        MemorySegment function;
        try (Closure<IntBinaryOperator> closure = type.bind((_, _) -> {
            throw new IllegalStateException("of the callback");
        })) {
            function = closure.address();
            System.out.println("thrown=" + Callers.callRepeatedly(function, Integer.getInteger("test.thrown", 1), 5));
        }
        System.out.println("stale=" + Callers.callRepeatedly(function, 1, 5));
        for (int i = 1; i < 1000; i++) {
            int _ = Callers.callRepeatedly(function, 1, 5);
        }
        System.out.println("counted=" + Salto.statistics().usesAfterFree());
        System.out.println("exceptions=" + Salto.statistics().exceptions());
    }

    /** Calls a stub of a linker with options, none of which is for exceptions. */
    private static void callStubOfLinker() throws ReflectiveOperationException {
        FunctionDescriptor binary = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
        MethodHandle failing = MethodHandles.lookup().findStatic(Failures.class, "fail", binary.toMethodType());
        MemorySegment function = StaticLinker.nativeLinker(ClosureOption.onUseAfterFree(_ -> {}))
                .upcallStub(failing, binary, Arena.global());
        System.out.println("thrown=" + Callers.callRepeatedly(function, 1, 5));
    }

    static int fail(int a, int b) {
        throw new IllegalStateException("of the stub, called with %s and %s".formatted(a, b));
    }
}
