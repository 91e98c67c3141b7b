// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * How much more do two threads than one? Two threads do the same work one after the other, and then
 * both at once. The figure is the first time divided by the second, 2 at best.
 */
public final class TwoThreads {
    /**
     * Among the JDK's stubs more would not all fit, and for the slow peers it takes long enough.
     */
    private static final int MOST = 100_000;

    private static final int LEAST = 2_000;
    private static final int BATCH = 100;
    private static final int WARM_UP_ROUNDS = 5;

    /** The time of one thread's part, so long that the start of the thread does not matter. */
    private static final long WANTED_NANOSECONDS = 30_000_000;

    private final ExecutorService[] threads = new ExecutorService[2];
    private final List<Callbacks<?>> own = new ArrayList<>();
    private final List<Callbacks<?>> others = new ArrayList<>();
    private final int rounds;
    private int count = LEAST;
    private int repetitions = 1;

    private TwoThreads(Peer peer, int rounds) {
        this.rounds = rounds;
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
            own.add(peer.callbacks(MOST));
            others.add(peer.callbacks(MOST));
        }
    }

    /**
     * Measures.
     *
     * @param arguments the peer, and how many rounds to make
     */
    public static void main(String[] arguments) throws Exception {
        TwoThreads measurement = new TwoThreads(Peer.valueOf(arguments[0]), Integer.parseInt(arguments[1]));
        measurement.measure();
        Runtime.getRuntime().halt(0);
    }

    private void measure() throws InterruptedException, ExecutionException {
        Callbacks<?> any = own.getFirst();
        if (!any.areOpenedByThreadsAtOnce()) {
            unmeasured("two threads that create at once could be given the same function", Figure.TWO_THREADS_CREATE,
                    Figure.TWO_THREADS_CREATE_CLOSE, Figure.TWO_THREADS_CLOSE_OTHERS);
            return;
        }
        calibrate();
        create();
        if (any.areClosedByCollector()) {
            unmeasured("closed by the garbage collector", Figure.TWO_THREADS_CREATE_CLOSE,
                    Figure.TWO_THREADS_CLOSE_OTHERS);
            return;
        }
        createAndClose();
        if (any.areClosedByAnyThread()) {
            closeEachOthers();
        } else {
            unmeasured("only the thread that created one may close it", Figure.TWO_THREADS_CLOSE_OTHERS);
        }
    }

    private static void unmeasured(String why, Figure... figures) {
        for (Figure figure : figures) {
            new Message.Unmeasured(figure.key(), why).send();
        }
    }

    /** Finds out how many to create at a time; that warms up, too. */
    private void calibrate() throws InterruptedException, ExecutionException {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            long nanoseconds = time(this::open, 0) + time(this::open, 1);
            closeAll();
            long each = Math.max(nanoseconds / (2L * count), 1);
            count = Math.clamp(WANTED_NANOSECONDS / each, LEAST, MOST) / BATCH * BATCH;
        }
        // Fast ones are created and closed in batches so many times, to take as long.
        repetitions = count < MOST ? 1 : 10;
    }

    private void open(int thread) {
        own.get(thread).open(0, count);
    }

    private void closeAll() throws InterruptedException, ExecutionException {
        time(thread -> own.get(thread).close(0, count), 0, 1);
        if (own.getFirst().areClosedByCollector()) {
            Collection.awaitEffects();
        }
    }

    private void create() throws InterruptedException, ExecutionException {
        for (int round = 0; round < rounds; round++) {
            long one = 0;
            long both = 0;
            for (int i = 0; i < repetitions; i++) {
                one += time(this::open, 0) + time(this::open, 1);
                closeAll();
                both += time(this::open, 0, 1);
                closeAll();
            }
            Message.sample(Figure.TWO_THREADS_CREATE, (double) one / both);
        }
    }

    private void createAndClose() throws InterruptedException, ExecutionException {
        IntConsumer work = thread -> {
            Callbacks<?> callbacks = own.get(thread);
            for (int i = 0; i < count * repetitions / BATCH; i++) {
                callbacks.open(0, BATCH);
                callbacks.close(0, BATCH);
            }
        };
        measure(Figure.TWO_THREADS_CREATE_CLOSE, work, () -> {});
    }

    /**
     * Each thread opens callbacks of its own, and closes those that the other has opened the time
     * before.
     */
    private void closeEachOthers() throws InterruptedException, ExecutionException {
        time(this::open, 0, 1);
        swap();
        IntConsumer work = thread -> {
            for (int from = 0; from < count; from += BATCH) {
                own.get(thread).open(from, from + BATCH);
                others.get(thread).close(from, from + BATCH);
            }
        };
        measure(Figure.TWO_THREADS_CLOSE_OTHERS, work, this::swap);
    }

    /** Each thread closes the closures of the other one. */
    private void swap() {
        List<Callbacks<?>> opened = List.copyOf(own.reversed());
        own.clear();
        own.addAll(others);
        others.clear();
        others.addAll(opened);
    }

    private void measure(Figure figure, IntConsumer work, Runnable between)
            throws InterruptedException, ExecutionException {
        for (int round = -1; round < rounds; round++) {
            long one = time(work, 0) + time(work, 1);
            between.run();
            long both = time(work, 0, 1);
            between.run();
            if (round >= 0) {
                Message.sample(figure, (double) one / both);
            }
        }
    }

    /**
     * How many nanoseconds threads need for something, at once: the slower one's time. They wait
     * for each other, so that it does not count how long it takes to wake them.
     */
    private long time(IntConsumer work, int... indexes) throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(indexes.length);
        List<Future<Long>> running = new ArrayList<>();
        for (int index : indexes) {
            running.add(threads[index].submit(() -> time(work, index, start)));
        }
        long longest = 0;
        for (Future<Long> thread : running) {
            longest = Math.max(longest, thread.get());
        }
        return longest;
    }

    private static long time(IntConsumer work, int index, CyclicBarrier start)
            throws InterruptedException, BrokenBarrierException {
        start.await();
        long began = System.nanoTime();
        work.accept(index);
        return System.nanoTime() - began;
    }
}
