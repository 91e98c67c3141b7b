// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.NativeBinding;
import dev.salto.Trampoline;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntBinaryOperator;

/**
 * Makes, rebinds, calls and closes closures on four threads at once, in protected tables, and prints the permissions of those tables. Told to, it then
 * writes to one as an attacker would.
 */
public final class ProtectedTables {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private ProtectedTables() {}

    public static void main(String[] arguments) throws InterruptedException {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int own = t;
            Thread thread = new Thread(() -> useAndClose(type, own));
            thread.setUncaughtExceptionHandler((_, e) -> {
                synchronized (failures) {
                    failures.add(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        failures.forEach(Throwable::printStackTrace);

        MemorySegment closure = type.bind((a, _) -> a).address();
        MemorySegment trampoline = Trampoline.allocate().set(Callers.add(), MemorySegment.NULL).address();
        MemorySegment binding = NativeBinding.bindTrailing(Callers.add(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), MemorySegment.NULL).address();
        ProcessMaps maps = ProcessMaps.read();
        Set<String> permissions = new TreeSet<>();
        for (MemorySegment function : List.of(closure, trampoline, binding)) {
            permissions.add(maps.at(parameters(maps, function)).permissions());
        }
        System.out.println("permissions=" + permissions);
        System.out.println("done=" + (failures.isEmpty() ? "all answers were right" : "failed"));

        if (Boolean.getBoolean("attack")) {
            MemorySegment.ofAddress(parameters(maps, closure)).reinterpret(1 << 12).fill((byte) 0x41);
            System.out.println("the attack worked");
        }
    }

    private static long parameters(ProcessMaps maps, MemorySegment function) {
        return maps.at(function.address()).start() + 0x10000;
    }

    private static void useAndClose(ClosureType<IntBinaryOperator> type, int own) {
        for (int i = 0; i < 3_000; i++) {
            int each = i;
            try (Closure<IntBinaryOperator> closure = type.bind((a, _) -> a + own + each)) {
                check(closure, 1 + own + each);
                closure.rebind((a, _) -> a - own);
                check(closure, 1 - own);
            }
        }
    }

    private static void check(Closure<IntBinaryOperator> closure, int expected) {
        int found = Callers.callRepeatedly(closure.address(), 1, 1);
        if (found != expected) {
            throw new AssertionError("%d instead of %d".formatted(found, expected));
        }
    }
}
