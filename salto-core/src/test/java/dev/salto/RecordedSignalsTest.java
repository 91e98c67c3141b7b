// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signal handlers that are recorded closures. */
@Tag("port")
@Tag("linux") // on Windows, calls cannot be recorded
final class RecordedSignalsTest {
    private static final int SIGUSR1 = 10;
    private static final int SIGPROF = 27;
    private static final int THREADS = 4;

    private static final Linker LINKER = Linker.nativeLinker();

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function);
    }

    /** A thread of the JVM runs code that can fail. */
    private interface Work {
        void run(int number) throws Throwable;
    }

    private static List<Thread> start(List<Throwable> failures, Work work) {
        return IntStream.range(0, THREADS).mapToObj(i -> Thread.ofPlatform().start(() -> {
            try {
                work.run(i);
            } catch (Throwable e) {
                synchronized (failures) {
                    failures.add(e);
                }
            }
        })).toList();
    }

    @Test
    void aSignalThatAThreadSendsItselfIsRecordedEachTime() throws Throwable {
        int each = Amounts.scaled(10_000);
        MethodHandle signal = link("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
        MethodHandle raise = link("raise", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (CallQueue queue = CallQueue.create(THREADS * each);
                RecordedClosure handler = queue.bind(CallInterface.prepare(FunctionDescriptor.ofVoid(JAVA_INT)))) {
            MemorySegment before = (MemorySegment) signal.invokeExact(SIGUSR1, handler.address());
            List<Throwable> failures = new ArrayList<>();
            for (Thread thread : start(failures, _ -> {
                for (int i = 0; i < each; i++) {
                    assertThat((int) raise.invokeExact(SIGUSR1)).isZero();
                }
            })) {
                thread.join();
            }
            MemorySegment _ = (MemorySegment) signal.invokeExact(SIGUSR1, before);
            assertThat(failures).isEmpty();
            assertThat(queue.lost()).isZero();
            assertThat(queue.drain(call -> assertThat(call.arguments().getInt(0)).isEqualTo(SIGUSR1)))
                    .isEqualTo(THREADS * each);
        }
    }

    /** A timer that sends its thread a signal. */
    private static final class Timer {
        private static final int CLOCK_MONOTONIC = 1;
        private static final int SIGEV_THREAD_ID = 4;
        private static final long INTERVAL = 100_000;

        private static final MethodHandle CREATE = link("timer_create",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        private static final MethodHandle SET_TIME = link("timer_settime",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
        private static final MethodHandle DELETE = link("timer_delete", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        private static final MethodHandle GETTID = link("gettid", FunctionDescriptor.of(JAVA_INT));

        private final MemorySegment timer;
        private long start;
        private long latestStart;

        Timer(Arena arena, int signal, int number) throws Throwable {
            MemorySegment event = arena.allocate(64, 8);
            event.set(JAVA_LONG, 0, number);
            event.set(JAVA_INT, 8, signal);
            event.set(JAVA_INT, 12, SIGEV_THREAD_ID);
            event.set(JAVA_INT, 16, (int) GETTID.invokeExact());
            MemorySegment made = arena.allocate(ADDRESS);
            assertThat((int) CREATE.invokeExact(CLOCK_MONOTONIC, event, made)).isZero();
            timer = made.get(ADDRESS, 0);
        }

        private void set(long nanos) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment times = arena.allocateFrom(JAVA_LONG, 0, nanos, 0, nanos);
                assertThat((int) SET_TIME.invokeExact(timer, 0, times, MemorySegment.NULL)).isZero();
            }
        }

        void start() throws Throwable {
            set(0);
            start = System.nanoTime();
            set(INTERVAL);
            latestStart = System.nanoTime();
        }

        /** Stops it, and returns the least and the largest number of times that it went off. */
        long[] stop() throws Throwable {
            long earliest = System.nanoTime();
            set(0);
            long end = System.nanoTime();
            assertThat((int) DELETE.invokeExact(timer)).isZero();
            return new long[]{(earliest - latestStart) / INTERVAL - 1, (end - start) / INTERVAL + 1};
        }
    }

    /**
     * Timers interrupt threads that record calls, in the middle of those too. The kernel says how
     * often: in each signal, by the number of those that came too early for it.
     */
    @Tag("host")
    @Test
    void tenThousandSignalsASecondOnFourThreadsAreCountedWhileThreadsRecordCalls() throws Throwable {
        int capacity = 1 << 16;
        int batch = 500;
        long duration = 2_000_000_000L;
        MethodHandle sigaction = link("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        MemoryLayout pointer = ADDRESS;
        long[] signals = new long[THREADS];
        long[] works = new long[THREADS];
        long[] made = new long[THREADS];
        long[][] bounds = new long[THREADS][];
        AtomicLong inQueue = new AtomicLong();
        try (Arena arena = Arena.ofShared(); CallQueue queue = CallQueue.create(capacity, 64)) {
            RecordedClosure handler = queue.bind(
                    CallInterface.prepare(FunctionDescriptor.ofVoid(JAVA_INT, pointer, pointer)), call -> {
                        // siginfo_t of a timer: si_overrun at 20, si_value at 24
                        MemorySegment information = call.bytes(1);
                        signals[information.get(JAVA_INT, 24)] += 1 + information.get(JAVA_INT, 20);
                    }, RecordingOption.copyBytes(1, 32));
            List<RecordedClosure> workers = IntStream.range(0, THREADS)
                    .mapToObj(
                            i -> queue.bind(CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT)),
                                    call -> {
                                        assertThat(call.arguments().getInt(1)).isEqualTo((int) (works[i] % batch));
                                        works[i]++;
                                        inQueue.decrementAndGet();
                                    }, RecordingOption.returning(i)))
                    .toList();
            MemorySegment action = arena.allocate(152, 8);
            action.set(ADDRESS, 0, handler.address());
            // SA_SIGINFO and SA_RESTART
            action.set(JAVA_INT, 136, 0x10000004);
            MemorySegment before = arena.allocate(152, 8);
            assertThat((int) sigaction.invokeExact(SIGPROF, action, before)).isZero();
            CountDownLatch ended = new CountDownLatch(THREADS);
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = start(failures, i -> {
                try {
                    Timer timer = new Timer(arena, SIGPROF, i);
                    timer.start();
                    long end = System.nanoTime() + duration;
                    while (System.nanoTime() < end) {
                        if (inQueue.get() < capacity / 2) {
                            inQueue.addAndGet(batch);
                            assertThat(Callers.callRepeatedly(workers.get(i).address(), batch, i)).isEqualTo(i);
                            made[i] += batch;
                        } else {
                            LockSupport.parkNanos(100_000);
                        }
                    }
                    bounds[i] = timer.stop();
                } finally {
                    ended.countDown();
                }
            });
            while (ended.getCount() > 0) {
                if (queue.drain() == 0) {
                    LockSupport.parkNanos(100_000);
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat((int) sigaction.invokeExact(SIGPROF, before, MemorySegment.NULL)).isZero();
            queue.drain();
            assertThat(failures).isEmpty();
            assertThat(queue.lost()).isZero();
            assertThat(works).isEqualTo(made);
            for (int i = 0; i < THREADS; i++) {
                assertThat(signals[i]).as("signals of thread %s", i).isBetween(bounds[i][0], bounds[i][1]);
                assertThat(signals[i]).isGreaterThanOrEqualTo(10_000);
            }
        }
    }
}
