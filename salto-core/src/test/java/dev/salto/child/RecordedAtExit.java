// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.RecordedClosure;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Has the C library call recorded closures when the process exits, after the JVM's end: one that is
 * open, and one that is closed.
 */
final class RecordedAtExit {
    private RecordedAtExit() {}

    public static void main(String[] arguments) throws Throwable {
        CallQueue queue = CallQueue.create(8);
        Linker linker = Linker.nativeLinker();
        MethodHandle atExit = linker.downcallHandle(linker.defaultLookup().findOrThrow("__cxa_atexit"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        RecordedClosure open = queue.bind(CallInterface.parse("void(pointer)"));
        RecordedClosure closed = queue.bind(CallInterface.parse("void(pointer)"));
        for (RecordedClosure closure : new RecordedClosure[]{open, closed}) {
            System.out.println("registered="
                    + (int) atExit.invokeExact(closure.address(), MemorySegment.NULL, MemorySegment.NULL));
        }
        closed.close();
        System.out.println("end");
    }
}
