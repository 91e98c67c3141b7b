// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.sun.management.ThreadMXBean;
import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.RecordedCall;
import dev.salto.RecordedClosure;
import dev.salto.RecordingOption;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Recorded calls against those of the JDK's upcall stubs, by turns in one JVM. The consumer takes
 * the calls between two turns, which is not counted. Then two threads call at once: stubs first,
 * and a queue after that, whose calls a third thread takes meanwhile.
 */
public final class Recorded {
    /** The number of calls in a turn, for which the queue has room. */
    private static final int CALLS = 1_000;

    private static final int TURNS = 20;
    private static final int WARM_UP_ROUNDS = 200;
    private static final int ROUNDS = 100;

    private static final int ATTACH_ROUNDS = 20;
    private static final int ATTACHED_THREADS = 100;

    private static final int RATE_ROUNDS = 10;
    private static final int RATE_CALLS = 3_000_000;
    private static final int RATE_CAPACITY = 1 << 16;

    /** Between two looks into the queue, in nanoseconds. To look all the time slows calls. */
    private static final long NAP = 50_000;

    private final MemorySegment stub;
    private final CallQueue queue;
    private final RecordedClosure closure;

    private Recorded(MemorySegment stub, CallQueue queue, RecordedClosure closure) {
        this.stub = stub;
        this.queue = queue;
        this.closure = closure;
    }

    /** Measures. */
    public static void main(String[] arguments) throws InterruptedException {
        Callbacks<?> stubs = Peer.JDK.callbacks(1);
        stubs.open(0, 1);
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try (CallQueue queue = CallQueue.create(CALLS);
                CallQueue large = CallQueue.create(RATE_CAPACITY);
                RecordedClosure plain = queue.bind(type, RecordingOption.withoutClock());
                RecordedClosure timed = queue.bind(type);
                RecordedClosure shared = large.bind(type, RecordingOption.withoutClock())) {
            new Recorded(stubs.function(0), queue, plain).compare(Figure.RECORDED_TO_JDK);
            new Recorded(stubs.function(0), queue, timed).compare(Figure.RECORDED_CLOCK_TO_JDK);
            new Recorded(stubs.function(0), queue, plain).countBytes();
            new Recorded(stubs.function(0), queue, plain).attach();
            new Recorded(stubs.function(0), large, shared).compareRates();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void take(RecordedCall call) {
        if (call.arguments().getInt(1) < 0) {
            throw new IllegalStateException("a call was recorded wrongly");
        }
    }

    private void compare(Figure figure) {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            double _ = ratio();
        }
        for (int i = 0; i < ROUNDS; i++) {
            Message.sample(figure, ratio());
        }
    }

    private double ratio() {
        long own = 0;
        long other = 0;
        for (int i = 0; i < TURNS; i++) {
            long start = System.nanoTime();
            int _ = Callers.callRepeatedly(stub, CALLS, 0);
            long middle = System.nanoTime();
            int _ = Callers.callRepeatedly(closure.address(), CALLS, 0);
            own += System.nanoTime() - middle;
            other += middle - start;
            requireAll(queue.drain(Recorded::take), CALLS);
        }
        return (double) own / other;
    }

    private static void requireAll(long taken, long made) {
        if (taken != made) {
            throw new IllegalStateException("%d of %d calls were taken".formatted(taken, made));
        }
    }

    private void countBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first time, the JVM links the handler's method reference.
        int _ = takeWithoutWaiting();
        int _ = Callers.callRepeatedly(closure.address(), CALLS, 0);
        // The cost of measuring is subtracted.
        long empty = threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        int taken = takeWithoutWaiting();
        long after = threads.getCurrentThreadAllocatedBytes();
        requireAll(taken, CALLS);
        // Whole bytes: less than one for each call is the JVM's own.
        Message.sample(Figure.RECORDED_BYTES,
                (double) Math.floorDiv(Math.max(after - before - (before - empty), 0), CALLS));
    }

    private int takeWithoutWaiting() {
        return queue.drain(Recorded::take);
    }

    /** A thread that calls the stub is attached, and one that makes a recorded call is not. */
    private void attach() {
        for (int i = 0; i < ATTACH_ROUNDS; i++) {
            long start = System.nanoTime();
            callFromThreads(stub);
            long middle = System.nanoTime();
            callFromThreads(closure.address());
            long end = System.nanoTime();
            requireAll(takeWithoutWaiting(), ATTACHED_THREADS);
            Message.sample(Figure.ATTACH, (double) (middle - start - (end - middle)) / ATTACHED_THREADS);
        }
    }

    private static void callFromThreads(MemorySegment function) {
        for (int i = 0; i < ATTACHED_THREADS; i++) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment functions = arena.allocate(ADDRESS);
                functions.set(ADDRESS, 0, function);
                long _ = NativeThread.start(functions, 1, 1, 1).join();
            }
        }
    }

    private void compareRates() throws InterruptedException {
        for (int i = 0; i < RATE_ROUNDS; i++) {
            double upcalls = 2.0 * RATE_CALLS / callFromTwo(stub);
            long lostBefore = queue.lost();
            long start = System.nanoTime();
            Consumer consumer = new Consumer();
            long _ = callFromTwo(closure.address());
            consumer.end();
            long time = System.nanoTime() - start;
            requireAll(consumer.taken + queue.lost() - lostBefore, 2L * RATE_CALLS);
            Message.sample(Figure.RECORDED_RATE_TO_JDK, consumer.taken / (double) time / upcalls);
        }
    }

    private static long callFromTwo(MemorySegment function) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS);
            functions.set(ADDRESS, 0, function);
            long start = System.nanoTime();
            NativeThread first = NativeThread.start(functions, 1, RATE_CALLS, 1);
            NativeThread second = NativeThread.start(functions, 1, RATE_CALLS, 2);
            long _ = first.join() + second.join();
            return System.nanoTime() - start;
        }
    }

    /** Takes calls from the queue until there are none after the end. */
    private final class Consumer {
        private final Thread thread = Thread.ofPlatform().start(this::run);
        private volatile boolean isEnding;
        private long taken;

        private void run() {
            while (true) {
                boolean isLast = isEnding;
                int count = queue.drain(Recorded::take);
                taken += count;
                if (isLast && count == 0) {
                    return;
                }
                if (count < CALLS) {
                    LockSupport.parkNanos(NAP);
                }
            }
        }

        void end() throws InterruptedException {
            isEnding = true;
            thread.join();
        }
    }
}
