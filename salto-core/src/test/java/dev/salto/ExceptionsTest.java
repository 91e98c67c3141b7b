// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.salto.text.callers.Callers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exceptions leave callbacks, and neither the JVM nor the native caller comes to harm. */
final class ExceptionsTest {
    private static final FunctionDescriptor BINARY_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            BINARY_FUNCTION);

    private final List<Throwable> uncaught = new ArrayList<>();

    @BeforeEach
    void collectUncaught() {
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
    }

    @AfterEach
    void passOnAgain() {
        Thread.currentThread().setUncaughtExceptionHandler(null);
    }

    private static IntBinaryOperator throwing(RuntimeException exception) {
        return (_, _) -> {
            throw exception;
        };
    }

    private static int call(ClosureType<IntBinaryOperator> type, IntBinaryOperator target) {
        try (Closure<IntBinaryOperator> closure = type.bind(target)) {
            return Callers.callRepeatedly(closure.address(), 1, 5);
        }
    }

    @Test
    void nativeCodeGetsZeroAndTheThreadsHandlerTheException() {
        RuntimeException exception = new IllegalStateException("of the callback");
        long before = Salto.statistics().exceptions();

        assertThat(call(BINARY, throwing(exception))).isZero();

        assertThat(uncaught).containsExactly(exception);
        assertThat(Salto.statistics().exceptions()).isEqualTo(before + 1);
    }

    @Test
    void nativeCodeGetsTheValueOfTheTypesPolicy() {
        RuntimeException exception = new IllegalStateException("of the callback");

        assertThat(call(BINARY.onException(ExceptionPolicy.returnValue(-1)), throwing(exception))).isEqualTo(-1);
        assertThat(call(BINARY, throwing(exception))).isZero();

        assertThat(uncaught).containsExactly(exception, exception);
    }

    @Test
    void nativeCodeGetsWhatTheHandlerReturns() {
        ClosureType<IntBinaryOperator> type = BINARY.onException(
                ExceptionPolicy.handle(e -> Objects.requireNonNull(e.getMessage()).length()));
        RuntimeException exception = new IllegalStateException("12345");

        assertThat(call(type, throwing(exception))).isEqualTo(5);

        assertThat(uncaught).containsExactly(exception);
    }

    @Test
    void aHandlerThatFailsIsSeenAndNativeCodeGetsZero() {
        RuntimeException exception = new IllegalStateException("of the callback");
        RuntimeException second = new IllegalArgumentException("of the handler");

        assertThat(call(BINARY.onException(ExceptionPolicy.handle(_ -> {
            throw second;
        })), throwing(exception))).isZero();
        assertThat(uncaught).containsExactly(exception, second);

        uncaught.clear();
        assertThat(call(BINARY.onException(ExceptionPolicy.handle(_ -> "text")), throwing(exception))).isZero();
        assertThat(uncaught).first().isSameAs(exception);
        assertThat(uncaught.get(1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("text", "java.lang.Integer");
    }

    @Test
    void aValueThatIsNoResultOfTheFunctionIsRefused() {
        assertThatThrownBy(() -> BINARY.onException(ExceptionPolicy.returnValue(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1", JAVA_INT.toString(), "java.lang.Integer");
        ClosureType<Runnable> type = ClosureType.of(Runnable.class, FunctionDescriptor.ofVoid());
        assertThatThrownBy(() -> type.onException(ExceptionPolicy.returnValue(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("returnZero()");
    }

    interface StructSource {
        @Nullable
        MemorySegment get(int a);
    }

    @Test
    void aStructCanBeTheValue() {
        StructLayout mixture = CLayouts.struct(DOUBLE, JAVA_INT);
        ClosureType<StructSource> type = ClosureType.of(MethodHandles.lookup(), StructSource.class,
                FunctionDescriptor.of(mixture, JAVA_INT));
        ClosureType<StructSource> withValue;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(mixture);
            value.set(DOUBLE, 0, 0.5);
            value.set(JAVA_INT, DOUBLE.byteSize(), 7);
            withValue = type.onException(ExceptionPolicy.returnValue(value));
        }
        try (Closure<StructSource> closure = withValue.bind(_ -> {
            throw new IllegalStateException("of the callback");
        })) {
            assertThat(Callers.callForMixture(closure.address(), 1)).isEqualTo(7.5);
        }
    }

    /** With the JDK's stubs, each of these ends the JVM. */
    @Test
    void aSegmentThatCannotBeReturnedIsAnExceptionOfTheCallback() throws Throwable {
        StructLayout mixture = CLayouts.struct(DOUBLE, JAVA_INT);
        ClosureType<StructSource> structs = ClosureType.of(MethodHandles.lookup(), StructSource.class,
                FunctionDescriptor.of(mixture, JAVA_INT));
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(mixture);
        }
        List<@Nullable MemorySegment> results = Arrays.asList(null, MemorySegment.ofArray(new byte[4]),
                MemorySegment.NULL,
                closed);
        for (@Nullable
        MemorySegment result : results) {
            try (Closure<StructSource> closure = structs.bind(_ -> result)) {
                assertThat(Callers.callForMixture(closure.address(), 1)).isZero();
            }
        }
        FunctionDescriptor pointer = FunctionDescriptor.of(ADDRESS, JAVA_INT);
        ClosureType<StructSource> pointers = ClosureType.of(MethodHandles.lookup(), StructSource.class, pointer);
        MethodHandle call = Linker.nativeLinker().downcallHandle(pointer);
        for (@Nullable
        MemorySegment result : Arrays.asList(null, MemorySegment.ofArray(new byte[4]))) {
            try (Closure<StructSource> closure = pointers.bind(_ -> result)) {
                assertThat((MemorySegment) call.invokeExact(closure.address(), 1)).isEqualTo(MemorySegment.NULL);
            }
        }

        assertThat(uncaught).extracting(Throwable::getClass).<Class<?>>map(c -> c).containsExactly(
                NullPointerException.class, IllegalArgumentException.class, IllegalArgumentException.class,
                IllegalStateException.class, NullPointerException.class, IllegalArgumentException.class);
    }

    @Test
    void resultsOfTheWrongClassAreExceptionsOfTheHandler() {
        try (Closure<CallHandler> closure = CallInterface.prepare(BINARY_FUNCTION).bind((_, _) -> "text")) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isZero();
        }
        assertThat(uncaught).hasSize(1).first().isInstanceOf(ClassCastException.class);
    }

    @Test
    void callInterfacesHavePoliciesToo() {
        CallInterface type = CallInterface.prepare(BINARY_FUNCTION).onException(ExceptionPolicy.returnValue(9));
        try (Closure<CallHandler> closure = type.bind((_, _) -> {
            throw new IllegalStateException("of the handler");
        })) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isEqualTo(9);
        }
        assertThat(uncaught).hasSize(1);
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static int fail(int a, int b) {
        throw new IllegalStateException("%d %d".formatted(a, b));
    }

    private static MethodHandle failing() throws ReflectiveOperationException {
        return MethodHandles.lookup().findStatic(ExceptionsTest.class, "fail",
                MethodType.methodType(int.class, int.class, int.class));
    }

    @Test
    void aStaticLinkerCanHaveAPolicy() throws ReflectiveOperationException {
        StaticLinker linker = StaticLinker.nativeLinker().onException(ExceptionPolicy.returnValue(-1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = linker.upcallStub(failing(), BINARY_FUNCTION, arena);

            assertThat(Callers.callRepeatedly(stub, 1, 5)).isEqualTo(-1);
        }
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void aGuardThrowsWhatTheCallbackThrew() throws ReflectiveOperationException {
        RuntimeException exception = new IllegalStateException("of the callback");

        assertThatThrownBy(() -> Callbacks.rethrowing(() -> call(BINARY, throwing(exception)))).isSameAs(exception);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = StaticLinker.nativeLinker().upcallStub(failing(), BINARY_FUNCTION, arena);
            assertThatThrownBy(() -> Callbacks.rethrowing(() -> Callers.callRepeatedly(stub, 1, 5)))
                    .isInstanceOf(IllegalStateException.class).hasMessage("5 0");
        }

        assertThat(uncaught).isEmpty();
        assertThat(Callbacks.<Integer, RuntimeException>rethrowing(() -> call(BINARY, (a, b) -> a + 1))).isEqualTo(6);
    }

    @Test
    void theStackTraceHasTheCallbackAndTheCall() {
        Throwable thrown = catchThrowable(() -> Callbacks.rethrowing(this::callSomethingThatFails));

        assertThat(thrown.getStackTrace()).extracting(StackTraceElement::getMethodName)
                .containsSubsequence("failDeepInside", "callRepeatedly", "callSomethingThatFails", "rethrowing",
                        "theStackTraceHasTheCallbackAndTheCall");
    }

    private int callSomethingThatFails() {
        return call(BINARY, (_, _) -> failDeepInside());
    }

    private static int failDeepInside() {
        throw new IllegalStateException("deep inside");
    }

    @Test
    void laterExceptionsAreSuppressed() {
        List<RuntimeException> exceptions = List.of(new IllegalStateException("first"),
                new IllegalStateException("second"), new IllegalStateException("third"));
        ClosureType<IntBinaryOperator> type = BINARY.onException(ExceptionPolicy.returnValue(3));
        int[] results = {0};
        try (Closure<IntBinaryOperator> closure = type.bind((_, b) -> {
            throw exceptions.get(b);
        })) {
            Throwable thrown = catchThrowable(() -> Callbacks.rethrowing(() -> {
                results[0] = Callers.callRepeatedly(closure.address(), 3, 5);
                return results;
            }));

            assertThat(thrown).isSameAs(exceptions.get(0));
            assertThat(thrown.getSuppressed()).containsExactly(exceptions.get(1), exceptions.get(2));
        }
        assertThat(results).containsExactly(3);
        assertThat(uncaught).isEmpty();
    }

    @Test
    void whatTheCallItselfThrowsComesFirst() {
        IOException own = new IOException("of the call");
        RuntimeException exception = new IllegalStateException("of the callback");

        Throwable thrown = catchThrowable(() -> Callbacks.<Integer, IOException>rethrowing(() -> {
            int _ = call(BINARY, throwing(exception));
            throw own;
        }));

        assertThat(thrown).isSameAs(own);
        assertThat(thrown.getSuppressed()).containsExactly(exception);
    }

    @Test
    void aGuardWithinACallbackTakesWhatHappensWithinIt() {
        RuntimeException inner = new IllegalStateException("inner");
        RuntimeException outer = new IllegalArgumentException("outer");

        Throwable thrown = catchThrowable(() -> Callbacks.rethrowing(() -> call(BINARY, (_, _) -> {
            assertThatThrownBy(() -> Callbacks.rethrowing(() -> call(BINARY, throwing(inner)))).isSameAs(inner);
            throw outer;
        })));

        assertThat(thrown).isSameAs(outer);
        assertThat(thrown.getSuppressed()).isEmpty();
        assertThat(call(BINARY, throwing(inner))).isZero();
        assertThat(uncaught).containsExactly(inner);
    }

    @Test
    void theEndOfTheStackOrOfTheMemoryIsAnExceptionLikeAnyOther() {
        assertThat(call(BINARY, (a, b) -> descend(a))).isZero();
        assertThat(call(BINARY, (a, b) -> new long[Integer.MAX_VALUE].length)).isZero();
        assertThat(call(BINARY, (a, b) -> a + 1)).isEqualTo(6);

        assertThat(uncaught).hasSize(2).first().isInstanceOf(StackOverflowError.class);
        assertThat(uncaught.get(1)).isInstanceOf(OutOfMemoryError.class);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int descend(int depth) {
        return descend(depth + 1) + 1;
    }

    @Test
    void whatAnUncaughtExceptionHandlerThrowsIsIgnored() {
        Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {
            throw new IllegalStateException("of the handler");
        });

        assertThat(call(BINARY, throwing(new IllegalStateException("of the callback")))).isZero();
    }

    @Test
    void aCallbackThatClosedItselfCanThrow() {
        ClosureType<IntBinaryOperator> type = BINARY.onException(ExceptionPolicy.returnValue(4));
        List<Closure<IntBinaryOperator>> own = new ArrayList<>();
        own.add(type.bind((_, _) -> {
            own.getFirst().close();
            throw new IllegalStateException("of the callback");
        }));

        assertThat(Callers.callRepeatedly(own.getFirst().address(), 1, 5)).isEqualTo(4);
        assertThat(uncaught).hasSize(1);
    }

    interface LongSource {
        long get() throws IOException;
    }

    @Test
    void aCheckedExceptionIsCarriedAsItIs() {
        FunctionDescriptor function = FunctionDescriptor.of(LONG_LONG);
        ClosureType<LongSource> type = ClosureType.of(MethodHandles.lookup(), LongSource.class, function);
        IOException exception = new IOException("of the callback");
        try (Closure<LongSource> closure = type.bind(() -> {
            throw exception;
        })) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), function);

            assertThatThrownBy(() -> Callbacks.<Long, Throwable>rethrowing(() -> (long) call.invokeExact()))
                    .isSameAs(exception);
        }
    }
}
