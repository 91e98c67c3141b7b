// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options for threads that Java did not make. */
final class ForeignThreadsTest {
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private static final int MINUTES = 15;

    /** A kind of closure, whose callback returns the first argument plus one. */
    enum Kind {
        TYPE {
            @Override
            MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options) {
                return ClosureType.<IntBinaryOperator>of(IntBinaryOperator.class, FUNCTION, options)
                        .bind((a, _) -> answer(callback, a), arena);
            }
        },
        TRACED {
            @Override
            MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options) {
                return TYPE.bind(callback, arena, Stream.concat(Stream.of(options),
                        Stream.of(ClosureOption.traceCloses(true))).toArray(ClosureOption[]::new));
            }
        },
        HANDLER {
            @Override
            MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options) {
                return CallInterface.prepare(FUNCTION, options).bind(
                        arguments -> arguments.setReturn(answer(callback, arguments.getInt(0))), arena);
            }
        },
        BOXED_HANDLER {
            @Override
            MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options) {
                return CallInterface.prepare(FUNCTION, options).bindBoxed(
                        (_, arguments) -> answer(callback, (int) arguments[0]), arena);
            }
        },
        METHOD_HANDLE {
            @Override
            MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options) {
                try {
                    IntBinaryOperator target = (a, _) -> answer(callback, a);
                    return StaticLinker.nativeLinker(options).upcallStub(
                            MethodHandles.lookup().findVirtual(IntBinaryOperator.class, "applyAsInt",
                                    MethodType.methodType(int.class, int.class, int.class)).bindTo(target),
                            FUNCTION, arena);
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError("the interface has its method", e);
                }
            }
        };

        abstract MemorySegment bind(Runnable callback, Arena arena, ClosureOption... options);

        static int answer(Runnable callback, int argument) {
            callback.run();
            return argument + 1;
        }
    }

    private static void callFromNativeThread(MemorySegment function, int calls) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS);
            functions.set(ADDRESS, 0, function);
            assertThat(NativeThread.start(functions, 1, calls, 7).join()).isEqualTo(8L * calls);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aForeignThreadGetsItsNameAndTheHandlerBeforeTheFirstCallback(Kind kind) throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        BlockingQueue<Thread> ended = new LinkedBlockingQueue<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment function = kind.bind(
                    () -> events.add("call on " + Thread.currentThread().getName().replaceFirst("[0-9]+$", "N")),
                    arena, ClosureOption.threadNames("audio-"),
                    ClosureOption.onFirstEntry(thread -> events.add(
                            thread.equals(Thread.currentThread()) ? "entry" : "entry on another thread")),
                    ClosureOption.onLastExit(ended::add));
            for (int i = 0; i < 2; i++) {
                events.clear();
                callFromNativeThread(function, 2);
                assertThat(events).containsExactlyElementsOf(JdkFaults.attachesForEachCall()
                        ? List.of("entry", "call on audio-N", "entry", "call on audio-N")
                        : List.of("entry", "call on audio-N", "call on audio-N"));
                Thread thread = ended.poll(MINUTES, TimeUnit.MINUTES);
                assertThat(thread).isNotNull();
                assertThat(thread.isAlive()).isFalse();
                assertThat(thread.getName()).startsWith("audio-");
                if (JdkFaults.attachesForEachCall()) {
                    assertThat(ended.poll(MINUTES, TimeUnit.MINUTES)).isNotNull();
                }
            }
            assertThat(ended).isEmpty();
        }
    }

    /** Also after frequent calls, which may have led the closures to another gate. */
    @ParameterizedTest
    @EnumSource
    void threadsOfJavaAreNotForeign(Kind kind) throws Exception {
        Queue<String> names = new ConcurrentLinkedQueue<>();
        Queue<Thread> entered = new ConcurrentLinkedQueue<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment function = kind.bind(() -> names.add(Thread.currentThread().getName()), arena,
                    ClosureOption.threadNames("audio-"), ClosureOption.onFirstEntry(entered::add));
            Runnable caller = () -> assertThat(Callers.callRepeatedly(function, 1, 7)).isEqualTo(8);
            caller.run();
            for (Thread thread : List.of(Thread.ofPlatform().name("Thread-5").daemon().unstarted(caller),
                    new Thread(Thread.currentThread().getThreadGroup(), "Thread-5") {
                        @Override
                        public void run() {
                            caller.run();
                        }
                    }, Thread.ofVirtual().name("Thread-5").unstarted(caller))) {
                thread.start();
                thread.join();
            }
            assertThat(names).containsExactly(Thread.currentThread().getName(), "Thread-5", "Thread-5", "Thread-5");
            assertThat(entered).isEmpty();
            names.clear();
            assertThat(Callers.callRepeatedly(function, 10_000, 7)).isEqualTo(10_007);
            Thread.sleep(100);
            names.clear();
            callFromNativeThread(function, 1);
            assertThat(entered).hasSize(1);
            assertThat(names).hasSize(1).allMatch(name -> name.startsWith("audio-"));
        }
    }

    @Test
    void aHandlerIsCalledOnceForAllTypesWithTheOption() {
        Queue<Thread> entered = new ConcurrentLinkedQueue<>();
        ClosureOption option = ClosureOption.onFirstEntry(entered::add);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS, Kind.values().length);
            for (int i = 0; i < Kind.values().length; i++) {
                functions.setAtIndex(ADDRESS, i, Kind.values()[i].bind(() -> {}, arena, option));
            }
            int calls = 2 * Kind.values().length;
            assertThat(NativeThread.start(functions, Kind.values().length, calls, 7).join()).isEqualTo(8L * calls);
            assertThat(entered).hasSize(JdkFaults.attachesForEachCall() ? calls : 1);
        }
    }

    @Test
    void exceptionsOfHandlersAreReportedAndTheCallbackFollows() throws Exception {
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        IntFunction<IllegalStateException> failure = number -> new IllegalStateException("failure " + number);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
            uncaught.add(e);
            if ("failure 2".equals(e.getMessage())) {
                second.complete(e);
            }
        });
        try (Arena arena = Arena.ofShared()) {
            callFromNativeThread(Kind.TYPE.bind(() -> {}, arena, ClosureOption.onFirstEntry(_ -> {
                throw failure.apply(1);
            }), ClosureOption.onLastExit(_ -> {
                throw failure.apply(2);
            })), 1);
            assertThat(second.get(MINUTES, TimeUnit.MINUTES)).isInstanceOf(IllegalStateException.class);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).extracting(Throwable::getMessage).containsExactly("failure 1", "failure 2");
    }

    @Test
    void aNameThatSomebodyHasGivenStays() {
        Queue<String> names = new ConcurrentLinkedQueue<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS, 3);
            Runnable noting = () -> names.add(Thread.currentThread().getName());
            functions.setAtIndex(ADDRESS, 0, Kind.TYPE.bind(() -> Thread.currentThread().setName("mine"), arena));
            functions.setAtIndex(ADDRESS, 1, Kind.TYPE.bind(noting, arena, ClosureOption.threadNames("a-")));
            functions.setAtIndex(ADDRESS, 2, Kind.TYPE.bind(noting, arena, ClosureOption.threadNames("b-")));
            assertThat(NativeThread.start(functions, 3, 3, 7).join()).isEqualTo(24);
        }
        if (JdkFaults.attachesForEachCall()) {
            assertThat(names).hasSize(2).noneMatch("mine"::equals);
        } else {
            assertThat(names).containsExactly("mine", "mine");
        }
    }

    @Test
    void theApplicationCannotOverrideThem() {
        for (ClosureOption option : List.of(ClosureOption.threadNames("a-"), ClosureOption.onFirstEntry(_ -> {}),
                ClosureOption.onLastExit(_ -> {}))) {
            assertThatThrownBy(() -> Salto.override(option)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no option of Salto.override");
        }
    }
}
