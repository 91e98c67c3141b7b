// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.RecordedCall;
import dev.salto.RecordedClosure;
import dev.salto.text.callers.Callers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Virtual threads wait for recorded calls, and others need their carrier to make them. */
final class VirtualTakes {
    private static final int SECONDS = 60;
    private static final int ROUNDS = 50;
    private static final long PAUSE = 5;

    private VirtualTakes() {}

    /** Takes a call in a virtual thread. */
    private static final class Taker {
        final CompletableFuture<String> outcome = new CompletableFuture<>();
        final Thread thread;

        Taker(CallQueue queue) {
            thread = TimeLimit.watch(Thread.ofVirtual().start(() -> take(queue)));
        }

        private void take(CallQueue queue) {
            try {
                outcome.complete("took " + queue.take().arguments().getInt(0));
            } catch (InterruptedException e) {
                outcome.complete("interrupted");
            } catch (Throwable e) {
                outcome.complete(e.toString());
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        TimeLimit.start(SECONDS);
        CallInterface type = CallInterface.parse("int(int, int)");
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(type)) {
            inVirtualThread(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    Taker first = new Taker(queue);
                    Taker second = new Taker(queue);
                    Thread.sleep(i % PAUSE);
                    int _ = Callers.callRepeatedly(closure.address(), 1, i);
                    int _ = Callers.callRepeatedly(closure.address(), 1, i);
                    require(first, "took " + i);
                    require(second, "took " + i);
                }
            });
            System.out.println("taken=" + 2 * ROUNDS);
            inVirtualThread(() -> {
                Taker first = new Taker(queue);
                Thread.sleep(PAUSE);
                Taker second = new Taker(queue);
                Thread.sleep(PAUSE);
                RecordedCall none = queue.take(Duration.ofMillis(PAUSE));
                if (none != null) {
                    throw new AssertionError("nobody has called");
                }
                second.thread.interrupt();
                require(second, "interrupted");
                first.thread.interrupt();
                require(first, "interrupted");
            });
            System.out.println("interrupted=2");
        }
        CallQueue closed = CallQueue.create(8);
        inVirtualThread(() -> {
            Taker taker = new Taker(closed);
            Thread.sleep(PAUSE);
            closed.close();
            require(taker, "java.lang.IllegalStateException: the queue of recorded calls is closed");
        });
        System.out.println("closed=1");
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void inVirtualThread(Step step) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        TimeLimit.watch(Thread.ofVirtual().start(() -> {
            try {
                step.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        }));
        done.get();
    }

    private static void require(Taker taker, String outcome) throws Exception {
        String own = taker.outcome.get();
        if (!own.equals(outcome)) {
            throw new AssertionError(own);
        }
    }
}
