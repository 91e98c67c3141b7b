// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads that sleep in the kernel for virtual threads. A virtual thread that slept there
 * would keep its carrier. A platform thread ends after some seconds without work.
 */
final class SleepingThread {
    private static final long IDLE_SECONDS = 10;

    private static final ExecutorService THREADS = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS,
            TimeUnit.SECONDS, new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("Salto recorded calls").factory());

    private SleepingThread() {}

    /**
     * Runs a step in a platform thread, and waits for its end.
     *
     * @param wake ends the step early
     * @throws InterruptedException if the current thread is interrupted, after the step has ended
     */
    static void run(Runnable step, Runnable wake) throws InterruptedException {
        Future<?> running = THREADS.submit(step);
        boolean isInterrupted = false;
        while (!running.isDone()) {
            try {
                running.get();
            } catch (InterruptedException e) {
                isInterrupted = true;
                wake.run();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the system cannot let a thread sleep", e.getCause());
            }
        }
        if (isInterrupted) {
            throw new InterruptedException();
        }
    }
}
