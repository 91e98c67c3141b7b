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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Closures are called by threads that the JVM has not made, and by virtual threads. */
final class NativeThreadsTest {
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    static NativeThread callFrom(MemorySegment function, long calls, int a) {
        MemorySegment functions = Arena.ofAuto().allocate(ADDRESS);
        functions.set(ADDRESS, 0, function);
        return NativeThread.start(functions, 1, calls, a);
    }

    /**
     * A thread is attached at its first callback and stays so until it ends, except with the
     * fallback linker.
     */
    @Test
    void aNativeThreadIsOneJavaThreadForAllItsCalls() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> {
            threads.add(Thread.currentThread());
            return a + b;
        })) {
            // 7 + 0, 7 + 1, ... 7 + 99
            assertThat(callFrom(closure.address(), 100, 7).join()).isEqualTo(700 + 4950);
        }
        assertThat(threads).hasSize(JdkFaults.attachesForEachCall() ? 100 : 1).allSatisfy(thread -> {
            assertThat(thread).isNotSameAs(Thread.currentThread());
            assertThat(thread.isDaemon()).isTrue();
        });
    }

    @Test
    void aNativeThreadHasANumberedNameAndBelongsToTheGroupMain() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, _) -> {
            Thread thread = Thread.currentThread();
            threads.add(thread.getName().replaceFirst("[0-9]+$", "N") + " in "
                    + Objects.requireNonNull(thread.getThreadGroup()).getName());
            return a;
        })) {
            assertThat(callFrom(closure.address(), 1, 7).join()).isEqualTo(7);
        }
        assertThat(threads).containsExactly("Thread-N in main");
    }

    @Test
    void threadsComeAndGoWhileOthersCall() {
        AtomicInteger calls = new AtomicInteger();
        int rounds = Amounts.scaled(200);
        try (Closure<IntBinaryOperator> closure = BINARY.bind((_, _) -> {
            calls.incrementAndGet();
            return 1;
        })) {
            NativeThread longest = callFrom(closure.address(), 10L * rounds, 7);
            for (int i = 0; i < rounds; i++) {
                List<NativeThread> threads = IntStream.range(0, 4).mapToObj(_ -> callFrom(closure.address(), 10, 7))
                        .toList();
                assertThat(threads.stream().mapToLong(NativeThread::join).sum()).isEqualTo(40);
            }
            assertThat(longest.join()).isEqualTo(10L * rounds);
        }
        assertThat(calls).hasValue(50 * rounds);
    }

    @Test
    void anExceptionOnANativeThreadIsSeenAndTheThreadGoesOn() {
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> {
            if (b == 1) {
                throw new IllegalStateException("of the callback");
            }
            return a;
        })) {
            assertThat(callFrom(closure.address(), 3, 7).join()).isEqualTo(14);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void virtualThreadsBindCallAndClose() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = IntStream.range(0, Amounts.scaled(1_000))
                    .mapToObj(i -> executor.submit(() -> {
                        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, _) -> {
                            assertThat(Thread.currentThread().isVirtual()).isTrue();
                            LockSupport.parkNanos(1); // pinned to its carrier, because native code is below
                            return a + i;
                        })) {
                            return Callers.callRepeatedly(closure.address(), 1, 5);
                        }
                    })).toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(5 + i);
            }
        }
    }

    @Test
    void exceptionsOfAVirtualThreadAreCarriedToIt() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Closure<IntBinaryOperator> closure = BINARY.bind((a, _) -> {
                    throw new IllegalStateException(Integer.toString(a));
                })) {
            List<Future<String>> answers = IntStream.range(0, 20).mapToObj(i -> executor.submit(() -> {
                try {
                    return "returned " + Callbacks.<Integer, RuntimeException>callAndRethrow(
                            () -> Callers.callRepeatedly(closure.address(), 1, i));
                } catch (IllegalStateException e) {
                    return String.valueOf(e.getMessage());
                }
            })).toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(Integer.toString(i));
            }
        }
    }
}
