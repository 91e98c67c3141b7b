// SPDX-License-Identifier: Apache-2.0

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Has 400,000 stubs at one time. Without the agent the JVM does not come so far. */
public final class Live {
    static int plus(int own, int a) {
        return own + a;
    }

    public static void main(String[] arguments) throws Throwable {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        MethodHandle plus = MethodHandles.lookup().findStatic(Live.class, "plus",
                MethodType.methodType(int.class, int.class, int.class));
        MethodHandle call = Linker.nativeLinker().downcallHandle(type);
        long sum = 0;
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 400_000; i++) {
                MemorySegment stub = Linker.nativeLinker().upcallStub(MethodHandles.insertArguments(plus, 0, i), type,
                        arena);
                sum += (int) call.invokeExact(stub, 1);
            }
        }
        System.out.println("400000 live stubs, sum " + sum);
        Figures.write();
    }
}
