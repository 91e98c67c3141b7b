// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closures are closed at every awkward moment, and their objects are released. */
final class ClosingTest {
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final AtomicInteger staleCalls = new AtomicInteger();

    @BeforeEach
    void countCalls() {
        Salto.override(ClosureOption.onUseAfterFree(_ -> staleCalls.incrementAndGet()));
    }

    @AfterEach
    void reportAgain() {
        Salto.override();
    }

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    @Test
    void aCallbackMayCloseItselfAndReturnsWhatItReturns() {
        List<Closure<IntBinaryOperator>> own = new ArrayList<>();
        own.add(BINARY.bind((a, _) -> {
            own.getFirst().close();
            own.getFirst().close();
            return a + 1;
        }));
        MemorySegment function = own.getFirst().address();

        assertThat(call(function, 1)).isEqualTo(2);
        assertThat(call(function, 1)).isZero();
        assertThat(staleCalls).hasValue(1);
    }

    @Test
    void aCallUnderWayCompletesWhenAnotherThreadCloses() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Closure<IntBinaryOperator> closure = BINARY.bind((a, _) -> {
            inside.countDown();
            await(closed);
            return a + 1;
        });
        MemorySegment function = closure.address();
        AtomicInteger answer = new AtomicInteger();
        Thread caller = Thread.ofPlatform().start(() -> answer.set(call(function, 1)));
        inside.await();

        closure.close();
        assertThat(call(function, 1)).isZero();
        closed.countDown();
        caller.join();

        assertThat(answer).hasValue(2);
        assertThat(staleCalls).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The threads are the C library's. Whatever they call answers with its own number, or with zero
     * if it is closed.
     */
    @Test
    void nativeThreadsCallWhileAllTheirClosuresAreClosed() {
        int count = 200;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS, count);
            AtomicInteger calls = new AtomicInteger();
            List<Closure<IntBinaryOperator>> closures = IntStream.range(0, count).mapToObj(_ -> BINARY.bind((_, _) -> {
                calls.incrementAndGet();
                return 1;
            })).toList();
            for (int i = 0; i < count; i++) {
                functions.setAtIndex(ADDRESS, i, closures.get(i).address());
            }
            int each = Amounts.scaled(20_000);
            List<NativeThread> threads = IntStream.range(0, 3)
                    .mapToObj(_ -> NativeThread.start(functions, count, each, 7)).toList();
            for (Closure<IntBinaryOperator> closure : closures) {
                closure.close();
                Thread.onSpinWait();
            }
            long answers = threads.stream().mapToLong(NativeThread::join).sum();

            assertThat(answers).isEqualTo(calls.get());
            assertThat(answers + staleCalls.get()).isEqualTo(3L * each);
        }
    }

    @Test
    void anArenaClosesAllItsClosures() {
        int count = Amounts.moreThanATable(1_000_000);
        long open = open();
        List<MemorySegment> some = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < count; i++) {
                int own = i;
                MemorySegment function = BINARY.bind((a, b) -> own, arena);
                if (i % 1000 == 0) {
                    some.add(MemorySegment.ofAddress(function.address()));
                }
            }
            assertThat(open()).isEqualTo(open + count);
            assertThat(call(some.getLast(), 1)).isEqualTo((some.size() - 1) * 1000);
        }

        assertThat(open()).isEqualTo(open);
        some.forEach(function -> assertThat(call(function, 1)).isZero());
        assertThat(staleCalls).hasValue(some.size());
    }

    private static long open() {
        Statistics statistics = Salto.statistics();
        return statistics.bound() - statistics.closed() + statistics.stubs();
    }

    @Test
    void closingTwiceFromManyThreadsClosesOnce() throws InterruptedException {
        long open = open();
        for (int i = 0; i < Amounts.scaled(1_000); i++) {
            Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 1);
            List<Thread> threads = IntStream.range(0, 3)
                    .mapToObj(_ -> Thread.ofPlatform().start(closure::close))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(open()).isEqualTo(open);
        }
    }

    private static final class Adder implements IntBinaryOperator {
        @Override
        public int applyAsInt(int a, int b) {
            return a + b;
        }
    }

    @Test
    void theObjectIsReachableAsLongAsTheClosureIsOpenAndNotLonger() throws InterruptedException {
        Adder adder = new Adder();
        WeakReference<Adder> reference = new WeakReference<>(adder);
        Closure<IntBinaryOperator> closure = BINARY.bind(adder);
        adder = null;
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(reference.get()).isNotNull();

        closure.close();
        Garbage.awaitCollection(reference);
    }

    @Test
    void anObjectThatWasReplacedIsLetGo() throws InterruptedException {
        Adder adder = new Adder();
        WeakReference<Adder> reference = new WeakReference<>(adder);
        try (Closure<IntBinaryOperator> closure = BINARY.bind(adder)) {
            adder = null;
            closure.rebind((a, b) -> 1);

            Garbage.awaitCollection(reference);
            assertThat(call(closure.address(), 1)).isEqualTo(1);
        }
    }

    @Test
    void aDestroyNotificationClosesItsClosuresAndItself() {
        Closure<IntBinaryOperator> first = BINARY.bind((a, b) -> 1);
        Closure<IntBinaryOperator> second = BINARY.bind((a, b) -> 1);
        MemorySegment functions = first.address();
        long open = open();
        Closure<Callbacks.DestroyNotify> notify = Callbacks.destroyNotify(first, () -> {
            throw new IllegalStateException("of a resource");
        }, second);
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        NativeThread.start(notify.address(), MemorySegment.NULL).join();
        Thread.currentThread().setUncaughtExceptionHandler(null);

        assertThat(open()).isEqualTo(open - 2);
        assertThat(call(functions, 1)).isZero();
        assertThat(notify.toString()).contains("closed");
    }
}
