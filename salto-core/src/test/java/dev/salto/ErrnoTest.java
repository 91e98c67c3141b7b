// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.LeavingCallers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callbacks whose caller reads errno right after the call. */
@Tag("port")
@Tag("linux") // on Windows, the number is that of GetLastError
final class ErrnoTest {
    private static final int ENOENT = 2;
    private static final int SIGUSR2 = 12;

    private static final FunctionDescriptor UNARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    private static final CallInterface TYPE = CallInterface.prepare(UNARY);
    private static final ClosureType<IntUnaryOperator> TYPED = ClosureType.of(IntUnaryOperator.class, UNARY,
            ClosureOption.currentCall());

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();

    private static int[] numbers(int first, int count) {
        return IntStream.range(first, first + count).toArray();
    }

    /** A failing system call, which changes errno, and a garbage collection. */
    private static void disturb() {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle close = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT), CAPTURE);
            MemorySegment state = arena.allocate(STATE);
            assertThat((int) close.invokeExact(state, -1)).isEqualTo(-1);
            assertThat((int) STATE.varHandle(MemoryLayout.PathElement.groupElement("errno")).get(state, 0L))
                    .isEqualTo(9);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        System.gc();
    }

    @Test
    void aCallbackLeavesErrnoAsItWasWhateverItDoes() {
        int count = Math.max(5, Amounts.scaled(300));
        List<Integer> seen = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = TYPE.bind(arguments -> {
            disturb();
            seen.add(arguments.errno());
        })) {
            assertThat(LeavingCallers.errnoOfEach(closure.address(), 100, count)).isEqualTo(numbers(100, count));
        }
        assertThat(seen.stream().mapToInt(i -> i).toArray()).isEqualTo(numbers(100, count));
    }

    @Test
    void aCallbackSetsErrnoBeforeACollection() {
        int count = Math.max(5, Amounts.scaled(300));
        try (Closure<ArgumentHandler> closure = TYPE.bind(arguments -> {
            arguments.setErrno(arguments.getInt(0) * 2);
            assertThat(arguments.errno()).isEqualTo(arguments.getInt(0) * 2);
            disturb();
        })) {
            assertThat(LeavingCallers.errnoOfEach(closure.address(), 100, count))
                    .isEqualTo(IntStream.range(100, 100 + count).map(i -> i * 2).toArray());
        }
    }

    @Test
    void aTypedCallbackReadsAndSetsErrno() {
        int count = Math.max(5, Amounts.scaled(300));
        List<Integer> seen = new ArrayList<>();
        try (Closure<IntUnaryOperator> closure = TYPED.bind(a -> {
            disturb();
            seen.add(CurrentCall.errno());
            if (a % 2 == 0) {
                CurrentCall.setErrno(ENOENT);
            }
            return a;
        })) {
            assertThat(LeavingCallers.errnoOfEach(closure.address(), 100, count))
                    .isEqualTo(IntStream.range(100, 100 + count).map(i -> i % 2 == 0 ? ENOENT : i).toArray());
        }
        assertThat(seen.stream().mapToInt(i -> i).toArray()).isEqualTo(numbers(100, count));
    }

    @Test
    void boxedHandlersAndMethodHandlesKnowTheirCallWithTheOption() throws Exception {
        CallInterface type = CallInterface.prepare(UNARY, ClosureOption.currentCall());
        try (Closure<CallHandler> closure = type.bindBoxed((_, arguments) -> {
            CurrentCall.setErrno(CurrentCall.errno() + 1);
            return arguments[0];
        }); Arena arena = Arena.ofConfined()) {
            // More calls than a gate is made after.
            assertThat(LeavingCallers.errnoOfEach(closure.address(), 5, 6_000)).isEqualTo(numbers(6, 6_000));
            MethodHandle increment = MethodHandles.lookup().findStatic(ErrnoTest.class, "incrementErrno",
                    UNARY.toMethodType());
            MemorySegment function = StaticLinker.nativeLinker(ClosureOption.currentCall()).upcallStub(increment,
                    UNARY, arena);
            assertThat(LeavingCallers.errnoOfEach(function, 5, 300)).isEqualTo(numbers(6, 300));
        }
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static int incrementErrno(int a) {
        CurrentCall.setErrno(CurrentCall.errno() + 1);
        return a;
    }

    @Test
    void callbacksOfATableOfTheirOwnDoTheSame() {
        List<Closure<ArgumentHandler>> closures = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                int own = i;
                closures.add(TYPE.bind(arguments -> arguments.setErrno(own)));
            }
            for (int i = 0; i < closures.size(); i++) {
                assertThat(LeavingCallers.errnoOfEach(closures.get(i).address(), 1_000, 2)).containsExactly(i, i);
            }
        } finally {
            closures.forEach(Closure::close);
        }
    }

    @Test
    void theInnermostCallIsTheCurrentOne() {
        try (Closure<IntUnaryOperator> inner = TYPED.bind(a -> {
            CurrentCall.setErrno(a + 1);
            return a;
        }); Closure<IntUnaryOperator> outer = TYPED.bind(a -> {
            assertThat(LeavingCallers.errnoOfEach(inner.address(), 50, 2)).containsExactly(51, 52);
            assertThat(CurrentCall.errno()).isEqualTo(a);
            CurrentCall.setErrno(a + 7);
            return a;
        })) {
            assertThat(LeavingCallers.errnoOfEach(outer.address(), 100, 3)).containsExactly(107, 108, 109);
        }
        assertThatThrownBy(CurrentCall::errno).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(Thread.currentThread().getName(), "ClosureOption.currentCall");
    }

    @Test
    void aForeignThreadHasAnErrnoOfItsOwn() {
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        CallInterface binary = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try (Closure<ArgumentHandler> closure = binary.bind(arguments -> {
            seen.add(arguments.errno());
            arguments.setErrno(arguments.getInt(1) + 70);
            arguments.setReturn(1);
        })) {
            List<NativeThread> threads = IntStream.range(0, 4)
                    .mapToObj(_ -> NativeThreadsTest.callFrom(closure.address(), 3, 7)).toList();
            for (NativeThread thread : threads) {
                assertThat(thread.join()).isEqualTo(3);
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 0, 0, 0, 70, 70, 70, 70, 71, 71, 71, 71);
    }

    /** A recorded closure may be a signal handler. */
    @Test
    void aSignalHandlerBeforeTheCallerReadsErrnoChangesNothing() throws Throwable {
        MethodHandle signal = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("signal"),
                FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
        try (CallQueue queue = CallQueue.create(64);
                RecordedClosure handler = queue.bind(CallInterface.prepare(FunctionDescriptor.ofVoid(JAVA_INT)));
                Closure<ArgumentHandler> closure = TYPE.bind(arguments -> {
                    arguments.setErrno(arguments.getInt(0) + 1);
                    disturb();
                })) {
            MemorySegment before = (MemorySegment) signal.invokeExact(SIGUSR2, handler.address());
            for (int i = 0; i < 20; i++) {
                assertThat(LeavingCallers.errnoAfterSignal(closure.address(), i, SIGUSR2)).isEqualTo(i + 1);
            }
            MemorySegment _ = (MemorySegment) signal.invokeExact(SIGUSR2, before);
            assertThat(queue.drain(_ -> {})).isEqualTo(20);
        }
    }

    @Test
    void aCallThatThrowsOrIsLateLeavesErrnoAlone() {
        Closure<ArgumentHandler> closure = TYPE.bind(arguments -> {
            throw new IllegalStateException("thrown by a test");
        });
        MemorySegment address = closure.address();
        assertThatThrownBy(() -> Callbacks.runAndRethrow(
                () -> assertThat(LeavingCallers.errnoOfEach(address, 30, 2)).containsExactly(30, 31)))
                .hasMessage("thrown by a test");
        closure.close();
        assertThat(LeavingCallers.errnoOfEach(address, 40, 2)).containsExactly(40, 41);
    }

    @Test
    void whereAGateAnswersThereIsNoErrno() {
        CallInterface gate = CallInterface.prepare(UNARY, ClosureOption.tier(Tier.GATE));
        List<Throwable> thrown = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = gate.bind(arguments -> {
            try {
                arguments.setErrno(1);
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        })) {
            int[] _ = LeavingCallers.errnoOfEach(closure.address(), 30, 1);
        }
        assertThat(thrown).singleElement().asString().contains("came through an upcall stub", "Tier.AUTOMATIC");
        assertThatThrownBy(() -> CallInterface.prepare(UNARY, ClosureOption.tier(Tier.GATE),
                ClosureOption.currentCall())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("ClosureOption.currentCall", "Tier.GATE");
        assertThatThrownBy(() -> Salto.override(ClosureOption.currentCall()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Salto.override");
    }

    @Test
    void aRecordedCallHasNoErrno() {
        try (CallQueue queue = CallQueue.create(4); RecordedClosure closure = queue.bind(TYPE)) {
            assertThat(Callers.errnoAfter(77, closure.address())).isEqualTo(77);
            List<Throwable> thrown = new ArrayList<>();
            assertThat(queue.drain(call -> {
                try {
                    int _ = call.arguments().errno();
                } catch (IllegalStateException e) {
                    thrown.add(e);
                }
            })).isOne();
            assertThat(thrown).singleElement().asString().contains("was recorded");
        }
    }
}
