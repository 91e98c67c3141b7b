// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Report;
import dev.salto.Salto;
import dev.salto.Trampoline;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.function.IntBinaryOperator;

/**
 * Makes a closure and calls it. It prints whether trampolines are supported, the callback's result
 * or the exception with its message, and the source of the code.
 */
public final class TryCallback {
    private TryCallback() {}

    public static void main(String[] arguments) throws Throwable {
        System.out.println("supported=" + Trampoline.isSupported());
        FunctionDescriptor binary = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
        try {
            ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, binary);
            try (Closure<IntBinaryOperator> closure = type.bind((a, b) -> a * b)) {
                MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), binary);
                System.out.println("answer=" + (int) call.invokeExact(6, 7));
            }
            Trampoline.allocate().close();
        } catch (UnsupportedOperationException | IllegalCallerException | IllegalArgumentException e) {
            System.out.println("exception=" + e.getClass().getName());
            // On one line, for the test that reads it.
            System.out.println("message=" + String.valueOf(e.getMessage()).replaceAll("\\R", " |"));
        }
        Report report = Salto.report();
        System.out.println("mechanism=" + report.mechanism());
        System.out.println("source=" + report.source());
        System.out.println("location=" + report.location());
        report.tried().forEach(attempt -> System.out.println("tried." + attempt.source() + "=" + attempt.reason()));
        System.out.println("problem=" + report.problem());
        System.out.println("writableExecutable=" + report.writableExecutable());
    }
}
