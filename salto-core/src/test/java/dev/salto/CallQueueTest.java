// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that are recorded, and taken by Java. */
@Tag("port")
@Tag("linux") // on Windows, calls cannot be recorded
final class CallQueueTest {
    private static final Linker LINKER = Linker.nativeLinker();

    private static final CallInterface BINARY = CallInterface
            .prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private static Object call(RecordedClosure closure, Object... arguments) throws Throwable {
        return LINKER.downcallHandle(closure.address(), closure.callInterface().descriptor())
                .invokeWithArguments(arguments);
    }

    /** Takes a call, which must be there. */
    static RecordedCall next(CallQueue queue) {
        return Objects.requireNonNull(queue.poll(), "there is no call");
    }

    @Test
    void aCallReturnsTheFixedResultAndIsTakenLater() throws Throwable {
        try (CallQueue queue = CallQueue.create(8);
                RecordedClosure closure = queue.bind(BINARY, RecordingOption.returning(77))) {
            assertThat(queue.poll()).isNull();
            assertThat(call(closure, 3, 4)).isEqualTo(77);
            RecordedCall taken = next(queue);
            assertThat(taken.closure()).isSameAs(closure);
            assertThat(taken.arguments().getInt(0)).isEqualTo(3);
            assertThat(taken.arguments().getInt(1)).isEqualTo(4);
            assertThat(taken.thread()).isNotZero();
            assertThat(queue.poll()).isNull();
            assertThatThrownBy(taken::closure).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no longer valid");
        }
    }

    @Test
    void aFullQueueLosesCallsAndCountsThem() throws Throwable {
        try (CallQueue queue = CallQueue.create(3); RecordedClosure closure = queue.bind(BINARY)) {
            assertThat(queue.capacity()).isEqualTo(4);
            for (int i = 0; i < 10; i++) {
                assertThat(call(closure, i, 0)).isEqualTo(0);
            }
            assertThat(closure.lost()).isEqualTo(6);
            assertThat(queue.lost()).isEqualTo(6);
            List<Integer> seen = new ArrayList<>();
            List<Long> lost = new ArrayList<>();
            assertThat(queue.drain(one -> {
                seen.add(one.arguments().getInt(0));
                lost.add(one.lostBefore());
            })).isEqualTo(4);
            assertThat(call(closure, 10, 0)).isEqualTo(0);
            assertThat(queue.drain(one -> {
                seen.add(one.arguments().getInt(0));
                lost.add(one.lostBefore());
            })).isEqualTo(1);
            assertThat(seen).containsExactly(0, 1, 2, 3, 10);
            assertThat(lost).containsExactly(0L, 0L, 0L, 0L, 6L);
        }
    }

    @Test
    void theSmallestQueueOverwritesNoCall() throws Throwable {
        try (CallQueue queue = CallQueue.create(1); RecordedClosure closure = queue.bind(BINARY)) {
            for (int i = 0; i < 3; i++) {
                call(closure, i, 0);
            }
            assertThat(next(queue).arguments().getInt(0)).isEqualTo(0);
            assertThat(next(queue).arguments().getInt(0)).isEqualTo(1);
            assertThat(queue.poll()).isNull();
            assertThat(queue.lost()).isEqualTo(1);
        }
    }

    @Test
    void callsThatAHandlerMakesDoNotChangeTheOneThatItReads() throws Throwable {
        try (CallQueue queue = CallQueue.create(2); RecordedClosure closure = queue.bind(BINARY)) {
            call(closure, 1, 10);
            List<Integer> seen = new ArrayList<>();
            assertThat(queue.drain(one -> {
                seen.add(one.arguments().getInt(0));
                if (seen.size() == 1) {
                    assertThat(Callers.callRepeatedly(closure.address(), 5, 7)).isZero();
                }
                seen.add(one.arguments().getInt(1));
            })).isEqualTo(2);
            assertThat(seen).containsExactly(1, 10, 7, 0);
            assertThat(queue.lost()).isEqualTo(4);
        }
    }

    @Test
    void argumentsInAllRegistersAndOnTheStackAreRecorded() throws Throwable {
        List<MemoryLayout> layouts = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            layouts.add(LONG_LONG);
            arguments.add(i * 0x1_0000_0001L);
            layouts.add(DOUBLE);
            arguments.add(i + 0.5);
        }
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(DOUBLE, layouts.toArray(MemoryLayout[]::new)));
        try (CallQueue queue = CallQueue.create(16, 200);
                RecordedClosure closure = queue.bind(type, RecordingOption.returning(2.5))) {
            for (int i = 0; i < 40; i++) {
                assertThat(call(closure, arguments.toArray())).isEqualTo(2.5);
                RecordedCall taken = next(queue);
                assertThat(IntStream.range(0, 24).mapToObj(taken.arguments()::get)).isEqualTo(arguments);
            }
        }
    }

    @Test
    void bytesBehindPointersAreKept() throws Throwable {
        CallInterface type = CallInterface.prepare(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
        try (Arena arena = Arena.ofConfined();
                CallQueue queue = CallQueue.create(4, 100);
                RecordedClosure closure = queue.bind(type, RecordingOption.copyString(0, 10),
                        RecordingOption.copyCounted(1, 2, 20), RecordingOption.copyBytes(3, 4))) {
            MemorySegment text = arena.allocateFrom("hello");
            MemorySegment data = arena.allocateFrom("0123456789012345678901234567890");
            call(closure, text, data, 7, data);
            text.fill((byte) 'x');
            RecordedCall taken = next(queue);
            assertThat(taken.string(0)).isEqualTo("hello");
            assertThat(taken.string(1)).isEqualTo("0123456");
            assertThat(taken.string(3)).isEqualTo("0123");
            assertThat(taken.bytes(3).byteSize()).isEqualTo(4);
            assertThat(taken.arguments().getPointer(0)).isEqualTo(text.address());
            assertThatThrownBy(() -> taken.bytes(2)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("argument 2");
            // 6 letters x, since its NUL is gone: the limit counts.
            data.fill((byte) 'y');
            call(closure, data, data, 1000, data);
            assertThat(next(queue).string(0)).isEqualTo("yyyyyyyyyy");
            assertThat(queue.poll()).isNull();
            call(closure, MemorySegment.NULL, MemorySegment.NULL, 1000, data);
            assertThat(next(queue).bytes(0).byteSize()).isZero();
        }
    }

    @Test
    void callsOfNativeThreadsAreTakenInTheOrderOfEachThread() throws Exception {
        int threads = 4;
        int calls = Amounts.scaled(20_000);
        try (Arena arena = Arena.ofShared();
                CallQueue queue = CallQueue.create(1 << 17);
                RecordedClosure closure = queue.bind(BINARY)) {
            MemorySegment functions = arena.allocate(ADDRESS);
            functions.set(ADDRESS, 0, closure.address());
            List<NativeThread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(NativeThread.start(functions, 1, calls, i));
            }
            Map<Integer, Integer> next = new HashMap<>();
            Map<Integer, Long> identities = new HashMap<>();
            for (int i = 0; i < threads * calls; i++) {
                RecordedCall taken = Objects.requireNonNull(queue.take(Duration.ofMinutes(15)), "a call is missing");
                int thread = taken.arguments().getInt(0);
                assertThat(taken.arguments().getInt(1)).isEqualTo(next.merge(thread, 1, Integer::sum) - 1);
                assertThat(taken.thread()).isEqualTo(identities.computeIfAbsent(thread, _ -> taken.thread()));
            }
            running.forEach(NativeThread::join);
            assertThat(queue.poll()).isNull();
            assertThat(queue.lost()).isZero();
            assertThat(identities.values()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aConsumerThatSleepsIsWokenByACall() throws Exception {
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(BINARY)) {
            for (int i = 0; i < 20; i++) {
                CompletableFuture<Integer> taken = new CompletableFuture<>();
                Thread consumer = Thread.ofPlatform().start(() -> {
                    try {
                        taken.complete(queue.take().arguments().getInt(0));
                    } catch (Exception e) {
                        taken.completeExceptionally(e);
                    }
                });
                Thread.sleep(i);
                assertThat(Callers.callRepeatedly(closure.address(), 1, i)).isZero();
                assertThat(taken.get()).isEqualTo(i);
                consumer.join();
            }
        }
    }

    @Test
    void aCallThatWakesTheConsumerLeavesErrno() throws Exception {
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(BINARY)) {
            for (int i = 0; i < 10; i++) {
                CompletableFuture<Boolean> taken = new CompletableFuture<>();
                Thread consumer = Thread.ofPlatform().start(() -> {
                    try {
                        taken.complete(queue.take().arguments().getInt(1) == 2);
                    } catch (Exception e) {
                        taken.completeExceptionally(e);
                    }
                });
                Thread.sleep(i);
                assertThat(Callers.errnoAfter(77, closure.address())).isEqualTo(77);
                assertThat(taken.get()).isTrue();
                consumer.join();
            }
        }
    }

    @Test
    void aCriticalDowncallMayMakeRecordedCalls() throws Throwable {
        MethodHandle critical = LINKER.downcallHandle(BINARY.descriptor(), Linker.Option.critical(false));
        try (CallQueue queue = CallQueue.create(64); RecordedClosure closure = queue.bind(BINARY)) {
            for (int i = 0; i < 50; i++) {
                assertThat((int) critical.invokeExact(closure.address(), i, -i)).isZero();
            }
            assertThat(queue.drain(_ -> {})).isEqualTo(50);
        }
    }

    @Test
    void aVirtualThreadTakesCalls() throws Exception {
        try (CallQueue queue = CallQueue.create(64); RecordedClosure closure = queue.bind(BINARY)) {
            CompletableFuture<Integer> sum = new CompletableFuture<>();
            Thread consumer = Thread.ofVirtual().start(() -> {
                try {
                    int all = 0;
                    for (int i = 0; i < 10; i++) {
                        all += queue.take().arguments().getInt(0);
                    }
                    sum.complete(all);
                } catch (Exception e) {
                    sum.completeExceptionally(e);
                }
            });
            for (int i = 0; i < 10; i++) {
                assertThat(Callers.callRepeatedly(closure.address(), 1, i)).isZero();
                Thread.sleep(1);
            }
            assertThat(sum.get()).isEqualTo(45);
            consumer.join();
        }
    }

    /** Takes a call in a thread of its own. */
    private static final class Taker {
        final CompletableFuture<Integer> taken = new CompletableFuture<>();
        final Thread thread;

        Taker(CallQueue queue) {
            this(queue, call -> call.arguments().getInt(0));
        }

        Taker(CallQueue queue, Function<RecordedCall, Integer> reader) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    taken.complete(reader.apply(queue.take()));
                } catch (Throwable e) {
                    taken.completeExceptionally(e);
                }
            });
        }

        /** Waits until it sleeps, which nobody can tell for sure. */
        Taker asleep() throws InterruptedException {
            Thread.sleep(20);
            return this;
        }

        void requireFailure(Class<? extends Throwable> type) {
            assertThatThrownBy(() -> taken.get(15, TimeUnit.MINUTES)).hasCauseInstanceOf(type);
        }
    }

    @Test
    void aThreadThatSleepsInTakeIsInNobodysWay() throws Exception {
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(BINARY)) {
            Taker sleeper = new Taker(queue).asleep();
            assertThat(queue.poll()).isNull();
            assertThat(queue.drain(_ -> {})).isZero();
            assertThat(queue.take(Duration.ofMillis(10))).isNull();
            assertThat(Callers.callRepeatedly(closure.address(), 1, 7)).isZero();
            assertThat(sleeper.taken.get()).isEqualTo(7);
        }
    }

    @Test
    void eachThreadThatWaitsCanBeInterrupted() throws Exception {
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(BINARY)) {
            Taker first = new Taker(queue).asleep();
            Taker second = new Taker(queue).asleep();
            Taker third = new Taker(queue).asleep();
            second.thread.interrupt();
            second.requireFailure(InterruptedException.class);
            first.thread.interrupt();
            first.requireFailure(InterruptedException.class);
            assertThat(Callers.callRepeatedly(closure.address(), 1, 7)).isZero();
            assertThat(third.taken.get()).isEqualTo(7);
        }
    }

    @Test
    void eachThreadThatWaitsGetsACall() throws Exception {
        try (CallQueue queue = CallQueue.create(8); RecordedClosure closure = queue.bind(BINARY)) {
            for (int i = 0; i < 20; i++) {
                int round = i;
                // They do not read the calls, because another thread's take ends a call.
                List<Taker> takers = Stream.generate(() -> new Taker(queue, _ -> round)).limit(4).toList();
                Thread.sleep(i % 3);
                for (Taker _ : takers) {
                    assertThat(Callers.callRepeatedly(closure.address(), 1, i)).isZero();
                }
                for (Taker taker : takers) {
                    assertThat(taker.taken.get(15, TimeUnit.MINUTES)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void aClosedQueueEndsEachTakeThatWaits() throws Exception {
        CallQueue queue = CallQueue.create(8);
        List<Taker> takers = List.of(new Taker(queue).asleep(), new Taker(queue).asleep(), new Taker(queue).asleep());
        queue.close();
        takers.forEach(taker -> taker.requireFailure(IllegalStateException.class));
    }

    @Tag("host")
    @Test
    void aVirtualThreadThatWaitsLeavesItsCarrier() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "VirtualTakes",
                "--enable-native-access=dev.salto", "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1");
        assertThat(child.output()).contains("taken=100", "interrupted=2", "closed=1");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void theClockGoesOnUnlessItIsLeftOut() throws Throwable {
        try (CallQueue queue = CallQueue.create(8);
                RecordedClosure timed = queue.bind(BINARY);
                RecordedClosure untimed = queue.bind(BINARY, RecordingOption.withoutClock())) {
            call(timed, 1, 0);
            call(untimed, 2, 0);
            call(timed, 3, 0);
            long first = next(queue).clock();
            assertThat(next(queue).clock()).isZero();
            boolean hasCounter = !System.getProperty("os.arch").equals("arm");
            assertThat(next(queue).clock() - first).matches(time -> hasCounter ? time > 0 : time == 0);
        }
    }

    /** Every closure has a record of its own, and old ones are used again. */
    @Test
    void manyClosuresComeAndGo() throws Throwable {
        int amount = Amounts.scaled(5_000);
        try (CallQueue queue = CallQueue.create(16)) {
            for (int i = 0; i < amount; i++) {
                try (RecordedClosure closure = queue.bind(BINARY, RecordingOption.returning(i))) {
                    assertThat(Callers.callRepeatedly(closure.address(), 1, i)).isEqualTo(i);
                    RecordedCall taken = next(queue);
                    assertThat(taken.closure()).isSameAs(closure);
                    assertThat(taken.arguments().getInt(0)).isEqualTo(i);
                }
            }
        }
    }

    @Tag("host")
    @Test
    void theCLibraryCallsThemAfterTheEndOfTheJvm() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "RecordedAtExit",
                "--enable-native-access=dev.salto");
        assertThat(child.output()).containsExactly("registered=0", "registered=0", "end");
        assertThat(child.exitCode()).isZero();
    }

    @Tag("host")
    @Test
    void withoutAPortTheReasonIsThrown() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "RecordedAtExit", "-Dos.name=FreeBSD");
        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output()).anyMatch(line -> line.contains("TrampolinesUnsupportedException")
                && line.contains("Salto has no port for FreeBSD"));
    }

    @Test
    void aClosedClosureReturnsItsResultAndRecordsNothing() throws Throwable {
        try (CallQueue queue = CallQueue.create(8)) {
            RecordedClosure closure = queue.bind(BINARY, RecordingOption.returning(5));
            MemorySegment function = closure.address();
            assertThat(call(closure, 1, 2)).isEqualTo(5);
            closure.close();
            closure.close();
            assertThat(Callers.callRepeatedly(function, 1, 5)).isEqualTo(5);
            assertThat(next(queue).arguments().getInt(0)).isEqualTo(1);
            assertThat(queue.poll()).isNull();
            assertThatThrownBy(closure::address).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void aQueueIsUsedAgainWithoutTheCallsBefore() throws Throwable {
        for (int i = 0; i < 5; i++) {
            try (CallQueue queue = CallQueue.create(32); RecordedClosure closure = queue.bind(BINARY)) {
                for (int j = 0; j < 20; j++) {
                    call(closure, i, j);
                }
                assertThat(next(queue).arguments().getInt(0)).isEqualTo(i);
            }
        }
    }

    @Test
    void handlersGetTheCallsOfTheirClosures() throws Throwable {
        List<String> seen = new ArrayList<>();
        try (CallQueue queue = CallQueue.create(8);
                RecordedClosure first = queue.bind(BINARY, one -> seen.add("first " + one.arguments().getInt(0)));
                RecordedClosure second = queue.bind(BINARY, one -> seen.add("second " + one.arguments().getInt(0)));
                RecordedClosure none = queue.bind(BINARY)) {
            call(second, 1, 0);
            call(first, 2, 0);
            call(none, 3, 0);
            call(first, 4, 0);
            assertThatThrownBy(queue::drain).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("without a handler");
            assertThat(queue.drain()).isEqualTo(1);
            assertThat(seen).containsExactly("second 1", "first 2", "first 4");
        }
    }

    @Test
    void aClosedQueueEndsAWaitingTake() throws Exception {
        CallQueue queue = CallQueue.create(8);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread consumer = Thread.ofPlatform().start(() -> {
            try {
                RecordedCall _ = queue.take();
                failure.complete(new AssertionError("there was no call"));
            } catch (Throwable e) {
                failure.complete(e);
            }
        });
        Thread.sleep(20);
        queue.close();
        assertThat(failure.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        consumer.join();
        assertThatThrownBy(queue::poll).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> queue.bind(BINARY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptedTakeThrows() throws Exception {
        try (CallQueue queue = CallQueue.create(8)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> queue.take(Duration.ofDays(1))).isInstanceOf(InterruptedException.class);
            assertThat(queue.take(Duration.ofMillis(1))).isNull();
        }
    }

    @Test
    void whatCannotBeRecordedIsRefused() {
        MemoryLayout large = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(9, LONG_LONG));
        try (CallQueue queue = CallQueue.create(8)) {
            assertThatThrownBy(() -> queue.bind(CallInterface.prepare(FunctionDescriptor.of(large))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("caller's memory");
            assertThatThrownBy(() -> queue.bind(BINARY, RecordingOption.returning(1L)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> queue.bind(BINARY, RecordingOption.copyString(0, 8)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("argument 0");
            assertThatThrownBy(() -> queue.bind(BINARY, RecordingOption.copyString(2, 8)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("argument 2");
            CallInterface text = CallInterface.parse("void(pointer)");
            assertThatThrownBy(() -> queue.bind(text, RecordingOption.copyString(0, 2000)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bytes per call");
            assertThatThrownBy(() -> queue.bind(text, RecordingOption.returning(1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("returns nothing");
        }
        assertThatThrownBy(() -> CallQueue.create(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to");
    }
}
