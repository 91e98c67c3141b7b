// SPDX-License-Identifier: Apache-2.0

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** A callback closes its own arena, as a DestroyNotify does. Without the agent the JVM crashes. */
public final class OwnArena {
    static void close(Arena arena) {
        arena.close();
        // It walks the stack, which has a stub of the JDK that is free memory now.
        System.gc();
    }

    public static void main(String[] arguments) throws Throwable {
        MethodHandle close = MethodHandles.lookup().findStatic(OwnArena.class, "close",
                MethodType.methodType(void.class, Arena.class));
        MethodHandle call = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid());
        for (int i = 0; i < 100; i++) {
            Arena arena = Arena.ofConfined();
            MemorySegment stub = Linker.nativeLinker().upcallStub(close.bindTo(arena), FunctionDescriptor.ofVoid(),
                    arena);
            // A call keeps the arena of its address open, but native code knows no arenas.
            call.invokeExact(MemorySegment.ofAddress(stub.address()));
        }
        System.out.println("100 callbacks closed their own arenas");
        Figures.write();
    }
}
