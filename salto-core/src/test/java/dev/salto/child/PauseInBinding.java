// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.NativeBinding;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * Stops in {@code pause}, called by C code through a binding that needs the stack, so that a
 * debugger can look. Prints where the code table and the caller are mapped, and its process id
 * last.
 */
public final class PauseInBinding {
    private PauseInBinding() {}

    public static void main(String[] arguments) {
        FunctionDescriptor eightIntsAndContext = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
        MemorySegment pause = Linker.nativeLinker().defaultLookup().findOrThrow("pause");
        MemorySegment function = NativeBinding.bindTrailing(pause, eightIntsAndContext, MemorySegment.NULL).address();
        long codeOfCaller = Callers.add().address();
        ProcessMaps maps = ProcessMaps.read();
        ProcessMaps.Mapping caller = maps.at(codeOfCaller);
        System.out.printf("table=%#x%n", maps.at(function.address()).start());
        System.out.printf("caller=%#x %#x%n", caller.start(), caller.end());
        System.out.println("pid=" + ProcessHandle.current().pid());
        Callers.callEightInts(function, 1);
    }
}
