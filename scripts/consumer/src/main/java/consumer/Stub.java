// SPDX-License-Identifier: Apache-2.0

package consumer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandles;

/** A program that knows the JDK's linker only. The recipe of the agent's page rewrites it. */
public final class Stub {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private Stub() {}

    static int product(int a, int b) {
        return a * b;
    }

    public static void main(String[] arguments) throws Throwable {
        Linker linker = Linker.nativeLinker();
        var product = MethodHandles.lookup().findStatic(Stub.class, "product", BINARY.toMethodType());
        try (Arena arena = Arena.ofConfined()) {
            var call = linker.downcallHandle(linker.upcallStub(product, BINARY, arena), BINARY);
            System.out.println("answer=" + (int) call.invokeExact(6, 7));
        }
    }
}
