// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread that makes gates in the background. It starts with the first task, and ends after a
 * second without tasks.
 */
final class Background {
    private Background() {}

    private static final class Executor {
        static final ExecutorService THREAD = make();

        private Executor() {}

        private static ExecutorService make() {
            ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("Salto gates").factory());
            executor.allowCoreThreadTimeOut(true);
            return executor;
        }
    }

    /**
     * Runs a step there.
     *
     * @throws RuntimeException if no thread can be started; some errors mean the same
     */
    static void run(Runnable step) {
        Executor.THREAD.execute(step);
    }
}
