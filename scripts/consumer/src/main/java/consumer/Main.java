// SPDX-License-Identifier: Apache-2.0

package consumer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.function.IntBinaryOperator;

/** A user's program: one callback, called once by native code. */
public final class Main {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> TYPE = ClosureType.of(IntBinaryOperator.class, BINARY);

    private Main() {}

    public static void main(String[] arguments) throws Throwable {
        try (Closure<IntBinaryOperator> product = TYPE.bind((a, b) -> a * b)) {
            var call = Linker.nativeLinker().downcallHandle(product.address(), BINARY);
            System.out.println("answer=" + (int) call.invokeExact(6, 7));
        }
    }
}
