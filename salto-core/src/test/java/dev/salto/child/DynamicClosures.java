// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.ClosureOption;
import dev.salto.Fallback;
import dev.salto.Salto;
import dev.salto.StaticLinker;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/**
 * Puts closures of each kind through their lives, and prints what they are. Ends with an exception
 * if an answer is wrong.
 */
public final class DynamicClosures {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(BINARY);

    private DynamicClosures() {}

    public static void main(String[] arguments) throws Throwable {
        String fallback = System.getProperty("override.fallback");
        if (fallback != null) {
            Salto.override(ClosureOption.fallback(Fallback.valueOf(fallback)));
        }
        Salto.initialize();
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        System.out.println("type=" + type.mechanism());

        Closure<IntBinaryOperator> product = type.bind((a, b) -> a * b);
        MemorySegment pointer = product.address();
        expect(42, pointer);
        product.rebind((a, b) -> a + b);
        expect(13, pointer);
        product.close();
        expect(0, pointer);
        Closure<IntBinaryOperator> difference = type.bind((a, b) -> a - b);
        expect(-1, difference.address());

        try (Arena arena = Arena.ofConfined()) {
            MethodHandle max = MethodHandles.lookup().findStatic(Math.class, "max", BINARY.toMethodType());
            expect(7, StaticLinker.nativeLinker().upcallStub(max, BINARY, arena));
            Closure<CallHandler> quotient = CallInterface.prepare(BINARY)
                    .bindBoxed((_, values) -> (int) values[1] / (int) values[0]);
            expect(1, quotient.address());

            System.out.println("mechanism=" + Salto.report().mechanism());
            System.out.println("closures=" + Salto.report().closures());
        }
        System.out.println("done=all answers were right");
    }

    /** Calls with 6 and 7. */
    private static void expect(int answer, MemorySegment function) throws Throwable {
        int found = (int) CALL.invokeExact(function, 6, 7);
        if (found != answer) {
            throw new AssertionError("%d instead of %d".formatted(found, answer));
        }
    }
}
