// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.CallInterface;
import dev.salto.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;

/** Binds the first closures of the process in several threads at the same time. */
public final class FirstTables {
    private static final int SECONDS = 20;
    private static final int THREADS = 16;

    private FirstTables() {}

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CallInterface type = Steps.callInterface(i);
            Thread thread = new Thread(() -> bind(type, barrier));
            thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " threads failed", failures.remove());
        }
    }

    private static void bind(CallInterface type, CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError("all threads come", e);
        }
        try (Closure<?> _ = type.bind(_ -> {})) {
            // The table is there.
        }
    }
}
