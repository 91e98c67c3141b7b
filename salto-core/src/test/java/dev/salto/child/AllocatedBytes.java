// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.ClosureOption;
import dev.salto.Tier;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Prints how many bytes a call of a data-driven closure allocates: first with one class of handlers
 * in the process, then with four. For a JVM without buffers for threads, which collects nothing
 * meanwhile.
 */
final class AllocatedBytes {
    private static final int CALLS = 100_000;
    private static final int ROUNDS = 8;

    /** For the JIT compiler, in milliseconds. */
    private static final long PAUSE = 100;

    private AllocatedBytes() {}

    public static void main(String[] arguments) throws InterruptedException {
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                ClosureOption.tier(Tier.DATA_DRIVEN));
        print("one", type, call -> call.setReturn(call.getInt(0) + call.getInt(1)));
        print("four", type, call -> call.setReturn(call.getInt(0) - call.getInt(1)),
                call -> call.setReturn(call.getInt(0) ^ call.getInt(1)),
                call -> call.setReturn(call.getInt(0) | call.getInt(1)));
    }

    /** Prints the least of several rounds, because calls are not compiled in the first ones. */
    private static void print(String key, CallInterface type, ArgumentHandler... handlers)
            throws InterruptedException {
        List<MemorySegment> functions = List.of(handlers).stream()
                .map(handler -> type.bind(handler, Arena.global())).toList();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = usedBytes();
            functions.forEach(function -> {
                int _ = Callers.callRepeatedly(function, CALLS, 1);
            });
            least = Math.min(least, usedBytes() - before);
            Thread.sleep(PAUSE);
        }
        // Less than a byte for each call is what the measurement itself takes.
        System.out.println(key + "=" + least / ((long) CALLS * handlers.length));
    }

    private static long usedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
