// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread that makes gates nobody waits for. Made when there is something to do; it ends when
 * there is nothing for a while.
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
     * Runs something there.
     *
     * @throws RuntimeException if there is no thread to be had; so do some errors
     */
    static void run(Runnable step) {
        Executor.THREAD.execute(step);
    }
}
