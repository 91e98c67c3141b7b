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
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.IntConsumer;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions leave callbacks, and neither the JVM nor the native caller comes to harm. */
final class ExceptionsTest {
    private static final FunctionDescriptor BINARY_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            BINARY_FUNCTION);

    private static ClosureType<IntBinaryOperator> with(ExceptionPolicy policy) {
        return ClosureType.of(IntBinaryOperator.class, BINARY_FUNCTION, ClosureOption.onException(policy));
    }

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

        assertThat(call(with(ExceptionPolicy.returnValue(-1)), throwing(exception))).isEqualTo(-1);
        assertThat(call(BINARY, throwing(exception))).isZero();

        assertThat(uncaught).containsExactly(exception, exception);
    }

    @Test
    void nativeCodeGetsWhatTheHandlerReturns() {
        ClosureType<IntBinaryOperator> type = with(
                ExceptionPolicy.handleBy(e -> Objects.requireNonNull(e.exception().getMessage()).length()));
        RuntimeException exception = new IllegalStateException("12345");

        assertThat(call(type, throwing(exception))).isEqualTo(5);

        assertThat(uncaught).isEmpty();
    }

    @Test
    void aHandlerLearnsWhichClosureFailedAndDecides() {
        List<CallbackFailure> failures = new ArrayList<>();
        ClosureType<IntBinaryOperator> type = with(ExceptionPolicy.handleBy(failure -> {
            failures.add(failure);
            failure.report();
            return 5;
        }));
        RuntimeException exception = new IllegalStateException("of the callback");
        IntBinaryOperator target = throwing(exception);
        try (Closure<IntBinaryOperator> closure = type.bind(target).labelled("of the sum")) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isEqualTo(5);
            assertThat(failures).singleElement().satisfies(failure -> {
                assertThat(failure.exception()).isSameAs(exception);
                assertThat(failure.address()).isEqualTo(closure.address());
                assertThat(failure.type()).isEqualTo("java.util.function.IntBinaryOperator, int(int, int)");
                assertThat(failure.targetClass()).isEqualTo(target.getClass().getName());
                assertThat(failure.label()).contains("of the sum");
                assertThat(failure.toString()).contains("\"of the sum\"");
                assertThat(failure.isRethrown()).isFalse();
            });
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(closure.address(), 1, 5)))
                    .isSameAs(exception);
            assertThat(failures.getLast().isRethrown()).isTrue();
        }
        assertThat(uncaught).containsExactly(exception, exception);
    }

    /** Throws what its declaration does not say. */
    private static int sneak(Throwable exception) {
        throw ExceptionsTest.<RuntimeException>unchecked(exception);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable exception) throws X {
        throw (X) exception;
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void aResultOfTheWrongTypeIsNamedWithTheHandlerAndTheFunction(Tier tier) {
        CallInterface type = CallInterface.prepare(BINARY_FUNCTION, ClosureOption.tier(tier));
        CallHandler handler = (_, _) -> "text";
        CallHandler nothing = (_, _) -> null;
        try (Closure<CallHandler> text = type.bindBoxed(handler); Closure<CallHandler> none = type.bindBoxed(nothing)) {
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(text.address(), 1, 5)))
                    .isInstanceOf(ClassCastException.class).hasMessageContainingAll(handler.getClass().getName(),
                            "java.lang.String", "int(int, int)", "java.lang.Integer");
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(none.address(), 1, 5)))
                    .hasMessageContainingAll(nothing.getClass().getName(), "null", "int(int, int)");
        }
    }

    @Test
    void checkedExceptionsCanBeCaughtByTheirClass() {
        IOException exception = new IOException("of the callback");
        try (Closure<IntBinaryOperator> closure = BINARY.bind((_, _) -> sneak(exception))) {
            try {
                int answer = Callbacks.callAndRethrow(IOException.class,
                        () -> Callers.callRepeatedly(closure.address(), 1, 5));
                throw new AssertionError("nothing was thrown, and the answer was " + answer);
            } catch (IOException e) {
                assertThat(e).isSameAs(exception);
            }
            assertThatThrownBy(() -> Callbacks.callAndRethrow(InterruptedException.class,
                    () -> Callers.callRepeatedly(closure.address(), 1, 5)))
                    .isInstanceOf(UndeclaredThrowableException.class).hasCause(exception)
                    .hasMessageContainingAll("java.io.IOException", "java.lang.InterruptedException");
        }
    }

    @Test
    void callsWithoutAResultAreRethrownFromToo() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.ofVoid(JAVA_INT);
        MethodHandle call = Linker.nativeLinker().downcallHandle(function);
        List<Integer> seen = new ArrayList<>();
        ClosureType<IntConsumer> type = ClosureType.of(IntConsumer.class, function);
        IOException exception = new IOException("of the callback");
        try (Closure<IntConsumer> recording = type.bind(seen::add);
                Closure<IntConsumer> failing = type.bind(number -> seen.add(sneak(exception)))) {
            Callbacks.runAndRethrow(() -> {
                call.invokeExact(recording.address(), 3);
            });
            assertThatThrownBy(() -> Callbacks.runAndRethrow(() -> {
                call.invokeExact(failing.address(), 4);
            })).isSameAs(exception);
            try {
                Callbacks.runAndRethrow(IOException.class, () -> {
                    call.invokeExact(failing.address(), 5);
                });
                throw new AssertionError("nothing was thrown");
            } catch (IOException e) {
                assertThat(e).isSameAs(exception);
            }
        }
        assertThat(seen).containsExactly(3);
    }

    @Test
    void aHandlerThatFailsIsSeenAndNativeCodeGetsZero() {
        RuntimeException exception = new IllegalStateException("of the callback");
        RuntimeException second = new IllegalArgumentException("of the handler");

        assertThat(call(with(ExceptionPolicy.handleBy(_ -> {
            throw second;
        })), throwing(exception))).isZero();
        assertThat(uncaught).containsExactly(second);

        uncaught.clear();
        assertThat(call(with(ExceptionPolicy.handleBy(_ -> "text")), throwing(exception))).isZero();
        assertThat(uncaught).hasSize(1);
        assertThat(uncaught.getFirst()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("text", "java.lang.Integer");
    }

    @Test
    void aValueThatIsNoResultOfTheFunctionIsRefused() {
        assertThatThrownBy(() -> with(ExceptionPolicy.returnValue(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1", JAVA_INT.toString(), "java.lang.Integer");
        assertThatThrownBy(() -> ClosureType.of(Runnable.class, FunctionDescriptor.ofVoid(),
                ClosureOption.onException(ExceptionPolicy.returnValue(1))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("returnZero()");
    }

    interface StructSource {
        @Nullable
        MemorySegment get(int a);
    }

    @Test
    void aStructCanBeTheValue() {
        StructLayout mixture = CLayouts.struct(DOUBLE, JAVA_INT);
        ClosureType<StructSource> withValue;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(mixture);
            value.set(DOUBLE, 0, 0.5);
            value.set(JAVA_INT, DOUBLE.byteSize(), 7);
            withValue = ClosureType.of(MethodHandles.lookup(), StructSource.class,
                    FunctionDescriptor.of(mixture, JAVA_INT),
                    ClosureOption.onException(ExceptionPolicy.returnValue(value)));
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
        try (Closure<CallHandler> closure = CallInterface.prepare(BINARY_FUNCTION).bindBoxed((_, _) -> "text")) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isZero();
        }
        assertThat(uncaught).hasSize(1).first().isInstanceOf(ClassCastException.class);
    }

    @Test
    void callInterfacesHavePoliciesToo() {
        CallInterface type = CallInterface.prepare(BINARY_FUNCTION,
                ClosureOption.onException(ExceptionPolicy.returnValue(9)));
        try (Closure<CallHandler> closure = type.bindBoxed((_, _) -> {
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
        StaticLinker linker = StaticLinker.nativeLinker(ClosureOption.onException(ExceptionPolicy.returnValue(-1)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = linker.upcallStub(failing(), BINARY_FUNCTION, arena);

            assertThat(Callers.callRepeatedly(stub, 1, 5)).isEqualTo(-1);
        }
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void aGuardThrowsWhatTheCallbackThrew() throws ReflectiveOperationException {
        RuntimeException exception = new IllegalStateException("of the callback");

        assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> call(BINARY, throwing(exception)))).isSameAs(exception);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = StaticLinker.nativeLinker().upcallStub(failing(), BINARY_FUNCTION, arena);
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(stub, 1, 5)))
                    .isInstanceOf(IllegalStateException.class).hasMessage("5 0");
        }

        assertThat(uncaught).isEmpty();
        assertThat(Callbacks.<Integer, RuntimeException>callAndRethrow(() -> call(BINARY, (a, b) -> a + 1)))
                .isEqualTo(6);
    }

    @Test
    void theStackTraceHasTheCallbackAndTheCall() {
        Throwable thrown = catchThrowable(() -> Callbacks.callAndRethrow(this::callSomethingThatFails));

        assertThat(thrown.getStackTrace()).extracting(StackTraceElement::getMethodName)
                .containsSubsequence("failDeepInside", "callRepeatedly", "callSomethingThatFails", "callAndRethrow",
                        "theStackTraceHasTheCallbackAndTheCall");
    }

    private int callSomethingThatFails() {
        return call(BINARY, (_, _) -> failDeepInside());
    }

    private static int failDeepInside() {
        throw new IllegalStateException("deep inside");
    }

    @Test
    void whileAnExceptionIsPendingLaterCallbacksAreAnsweredAtOnce() {
        RuntimeException exception = new IllegalStateException("of the callback");
        int calls = Amounts.scaled(100_000);
        int[] runs = {0};
        for (ClosureType<IntBinaryOperator> type : List.of(with(ExceptionPolicy.returnValue(3)),
                with(ExceptionPolicy.handleBy(e -> exception.equals(e.exception()) ? 3 : 4)))) {
            runs[0] = 0;
            int[] result = {0};
            try (Closure<IntBinaryOperator> closure = type.bind((_, _) -> {
                runs[0]++;
                throw exception;
            })) {
                assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> {
                    result[0] = Callers.callRepeatedly(closure.address(), calls, 5);
                    return result;
                })).isSameAs(exception);
                assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isEqualTo(3);
            }
            assertThat(result).containsExactly(3);
            assertThat(runs).as("callbacks that ran, one of them after the exception was thrown").containsExactly(2);
        }
        assertThat(exception.getSuppressed()).isEmpty();
        assertThat(uncaught).containsExactly(exception);
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void laterCallbacksOfCallInterfacesAreAnsweredAtOnceToo(Tier tier) {
        CallInterface type = CallInterface.prepare(BINARY_FUNCTION, ClosureOption.tier(tier),
                ClosureOption.onException(ExceptionPolicy.returnValue(9)));
        int[] runs = {0};
        int[] result = {0};
        try (Closure<ArgumentHandler> direct = type.bind((ArgumentHandler) _ -> runs[0]++);
                Closure<CallHandler> boxed = type.bindBoxed((_, _) -> {
                    runs[0]++;
                    throw new IllegalStateException("of the handler");
                })) {
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> {
                result[0] = Callers.callRepeatedly(boxed.address(), 3, 5)
                        + Callers.callRepeatedly(direct.address(), 4, 5);
                return result;
            })).hasMessage("of the handler");
        }
        assertThat(runs).containsExactly(1);
        assertThat(result).containsExactly(9 + 9);
    }

    @Test
    void aSortWhoseComparatorThrowsIsOverSoon() {
        int[] runs = {0};
        ClosureType<PointerComparator> type = ClosureType.of(MethodHandles.lookup(), PointerComparator.class,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined(); Closure<PointerComparator> comparator = type.bind((_, _) -> {
            runs[0]++;
            throw new IllegalStateException("number " + runs[0]);
        })) {
            MemorySegment numbers = arena.allocate(JAVA_INT, Amounts.scaled(100_000));
            Throwable thrown = catchThrowable(() -> Callbacks.<Integer, Throwable>callAndRethrow(() -> {
                Qsort.sort(numbers, comparator.address());
                return 0;
            }));
            assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("number 1")
                    .hasNoSuppressedExceptions();
        }
        assertThat(runs).containsExactly(1);
    }

    interface PointerComparator {
        int compare(MemorySegment first, MemorySegment second);
    }

    @Test
    void callbacksOfOtherThreadsAndOfInnerGuardsRunWhileAnExceptionIsPending() {
        RuntimeException inner = new IllegalStateException("inner");
        List<Integer> results = new ArrayList<>();
        try (Closure<IntBinaryOperator> failing = BINARY.bind(throwing(inner));
                Closure<IntBinaryOperator> sum = BINARY.bind(Integer::sum)) {
            Throwable thrown = catchThrowable(() -> Callbacks.callAndRethrow(() -> call(BINARY, (_, _) -> {
                results.add(Callers.callRepeatedly(sum.address(), 1, 5));
                int _ = Callers.callRepeatedly(failing.address(), 1, 5);
                results.add(Callers.callRepeatedly(sum.address(), 1, 6));
                onAnotherThread(() -> results.add(Callers.callRepeatedly(sum.address(), 1, 7)));
                results.add(Callbacks.<Integer, RuntimeException>callAndRethrow(
                        () -> Callers.callRepeatedly(sum.address(), 1, 8)));
                results.add(Callers.callRepeatedly(sum.address(), 1, 9));
                return 1;
            })));

            assertThat(thrown).isSameAs(inner);
            assertThat(results).containsExactly(5, 0, 7, 8, 0);
            assertThat(Callers.callRepeatedly(sum.address(), 1, 10)).isEqualTo(10);
        }
    }

    private static void onAnotherThread(Runnable action) {
        Thread thread = Thread.ofPlatform().start(action);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatFreesResourcesRunsWhileAnExceptionIsPending() throws Throwable {
        List<String> closed = new ArrayList<>();
        MemorySegment destroy = Callbacks.destroyNotify(() -> closed.add("the resource")).address();
        MethodHandle call = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ADDRESS));

        assertThatThrownBy(() -> Callbacks.<Integer, Throwable>callAndRethrow(() -> {
            int result = call(BINARY, throwing(new IllegalStateException("of the callback")));
            call.invokeExact(destroy, MemorySegment.NULL);
            return result;
        })).hasMessage("of the callback");

        assertThat(closed).containsExactly("the resource");
    }

    /**
     * Callbacks that call native code, one within the other. Each throws an exception of its own.
     */
    private static int throwAtEachLevel(Closure<IntBinaryOperator> self, int level) {
        if (level > 1) {
            int _ = Callers.callRepeatedly(self.address(), 1, level - 1);
        }
        throw new IllegalStateException("level " + level);
    }

    @Test
    void theFirstOfTheLaterExceptionsAreKeptAndTheOthersCounted() {
        List<Closure<IntBinaryOperator>> self = new ArrayList<>();
        self.add(BINARY.bind((level, _) -> throwAtEachLevel(self.getFirst(), level)));
        try (Closure<IntBinaryOperator> closure = self.getFirst()) {
            Throwable few = catchThrowable(
                    () -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(closure.address(), 1, 3)));
            assertThat(few).hasMessage("level 1");
            assertThat(few.getSuppressed()).extracting(Throwable::getMessage).containsExactly("level 2", "level 3");

            Throwable many = catchThrowable(
                    () -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(closure.address(), 1, 20)));
            assertThat(many).hasMessage("level 1");
            assertThat(many.getSuppressed()).hasSize(9);
            assertThat(many.getSuppressed()[0]).hasMessage("level 2");
            assertThat(many.getSuppressed()[7]).hasMessage("level 9");
            assertThat(many.getSuppressed()[8]).hasMessageStartingWith("11 more exceptions left callbacks");
        }
        assertThat(uncaught).isEmpty();
    }

    /** An exception whose methods fail, all that a class can override. */
    @SuppressWarnings("ThrowableEqualsHashCode")
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean onlySaysNo;

        Hostile(boolean onlySaysNo) {
            this.onlySaysNo = onlySaysNo;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return onlySaysNo ? false : fail();
        }

        @Override
        public int hashCode() {
            return onlySaysNo ? 0 : fail();
        }

        @Override
        public String getMessage() {
            return fail();
        }

        @Override
        public String getLocalizedMessage() {
            return fail();
        }

        @Override
        public synchronized Throwable getCause() {
            return fail();
        }

        @Override
        public String toString() {
            return fail();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            return fail();
        }

        @SuppressWarnings("TypeParameterUnusedInFormals")
        private static <T> T fail() {
            throw new UnsupportedOperationException("an exception is asked something");
        }
    }

    private static boolean isThrownBy(Callbacks.NativeCall<Integer, RuntimeException> call, Throwable exception) {
        return System.identityHashCode(catchThrowable(() -> Callbacks.callAndRethrow(call))) == System
                .identityHashCode(exception);
    }

    /** The JVM ends if anything leaves a catcher of this linker. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExceptionWhoseMethodsFailDoesNoHarm(boolean onlySaysNo) throws ReflectiveOperationException {
        Hostile hostile = new Hostile(onlySaysNo);
        MethodHandle target = MethodHandles.lookup().findVirtual(IntBinaryOperator.class, "applyAsInt",
                MethodType.methodType(int.class, int.class, int.class));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment failing = StaticLinker.nativeLinker()
                    .upcallStub(target.bindTo(throwing(hostile)), BINARY_FUNCTION, arena);
            MemorySegment outer = StaticLinker.nativeLinker().upcallStub(target.bindTo((IntBinaryOperator) (_, _) -> {
                int _ = Callers.callRepeatedly(failing, 1, 5);
                throw hostile;
            }), BINARY_FUNCTION, arena);
            assertThat(isThrownBy(() -> Callers.callRepeatedly(outer, 1, 5), hostile)).isTrue();
            assertThat(isThrownBy(() -> {
                int _ = Callers.callRepeatedly(failing, 1, 5);
                throw hostile;
            }, hostile)).isTrue();
        }
        Thread.currentThread()
                .setUncaughtExceptionHandler((_, e) -> uncaught.add(new IllegalStateException(e.toString())));
        assertThat(call(BINARY, throwing(hostile))).isZero();
        assertThat(call(with(ExceptionPolicy.handleBy(e -> {
            throw (RuntimeException) e.exception();
        })), throwing(hostile))).isZero();
        assertThat(call(with(ExceptionPolicy.handleBy(e -> e.exception().toString().length())), throwing(hostile)))
                .isZero();
        assertThat(call(with(ExceptionPolicy.handleBy(e -> e.exception())), throwing(hostile))).isZero();
        Thread.currentThread().setUncaughtExceptionHandler(null);
        PrintStream before = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        try {
            assertThat(call(BINARY, throwing(hostile))).isZero();
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void whatTheCallItselfThrowsComesFirst() {
        IOException own = new IOException("of the call");
        RuntimeException exception = new IllegalStateException("of the callback");

        Throwable thrown = catchThrowable(() -> Callbacks.<Integer, IOException>callAndRethrow(() -> {
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

        Throwable thrown = catchThrowable(() -> Callbacks.callAndRethrow(() -> call(BINARY, (_, _) -> {
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> call(BINARY, throwing(inner)))).isSameAs(inner);
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
        ClosureType<IntBinaryOperator> type = with(ExceptionPolicy.returnValue(4));
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

            assertThatThrownBy(() -> Callbacks.<Long, Throwable>callAndRethrow(() -> (long) call.invokeExact()))
                    .isSameAs(exception);
        }
    }
}
