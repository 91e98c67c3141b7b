// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Native code calls closures that were closed. It gets zero, with its calling convention intact,
 * and Java learns of it.
 */
final class UseAfterFreeTest {
    private static final FunctionDescriptor BINARY_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            BINARY_FUNCTION);

    private final Queue<UseAfterFree> calls = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void collectCalls() {
        Salto.override(ClosureOption.onUseAfterFree(calls::add));
    }

    @AfterEach
    void reportAgain() {
        Salto.override();
    }

    private static final class Adder implements IntBinaryOperator {
        @Override
        public int applyAsInt(int a, int b) {
            return a + b;
        }
    }

    private static MemorySegment closed(IntBinaryOperator operator) {
        try (Closure<IntBinaryOperator> closure = BINARY.bind(operator)) {
            return closure.address();
        }
    }

    private UseAfterFree onlyCall() {
        assertThat(calls).hasSize(1);
        return calls.element();
    }

    @Test
    void theCallReturnsZeroAndSaysWhichClosureItWas() {
        MemorySegment function = closed(new Adder());
        long before = Salto.statistics().usesAfterFree();

        assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

        UseAfterFree call = onlyCall();
        assertThat(call.type()).isEqualTo("java.util.function.IntBinaryOperator, int(int, int)");
        assertThat(call.targetClass()).isEqualTo(Adder.class.getName());
        assertThat(call.address()).isEqualTo(function);
        assertThat(call.thread()).isSameAs(Thread.currentThread());
        assertThat(call.closedAt()).isEmpty();
        assertThat(call.returnAddress()).isZero();
        assertThat(call.toString()).contains(call.type(), call.targetClass(), call.caller(),
                Thread.currentThread().getName(), "-Ddev.salto.trace.close=true");
        assertThat(Salto.statistics().usesAfterFree()).isEqualTo(before + 1);
    }

    @Test
    void aUseAfterFreeCanBeThrownToTheJavaCodeThatCalledNativeCode() {
        Salto.override();
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY_FUNCTION,
                ClosureOption.onUseAfterFree(UseAfterFreePolicy.THROW));
        Closure<IntBinaryOperator> closure = type.bind(new Adder());
        MemorySegment function = closure.address();
        closure.close();

        assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> Callers.callRepeatedly(function, 3, 5)))
                .isInstanceOfSatisfying(UseAfterFreeException.class,
                        thrown -> assertThat(thrown.call().address()).isEqualTo(function))
                .hasMessageContainingAll("closed", "int(int, int)", Adder.class.getName());
    }

    @Test
    void aUseAfterFreeThatIsThrownAndNotCarriedIsReportedAndNativeCodeGetsZero() {
        List<Throwable> reported = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, exception) -> reported.add(exception));
        Salto.override(ClosureOption.onUseAfterFree(UseAfterFreePolicy.THROW));
        try {
            assertThat(Callers.callRepeatedly(closed(new Adder()), 1, 5)).isZero();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }

        assertThat(reported).singleElement().isInstanceOf(UseAfterFreeException.class);
    }

    @Test
    void aCallThatReturnsNothingIsNotSaidToHaveReturnedZero() throws Throwable {
        FunctionDescriptor nothing = FunctionDescriptor.ofVoid();
        Closure<Runnable> closure = ClosureType.<Runnable>of(Runnable.class, nothing).bind(() -> {});
        MemorySegment function = closure.address();
        closure.close();

        Linker.nativeLinker().downcallHandle(function, nothing).invokeExact();

        assertThat(onlyCall().toString()).contains("java.lang.Runnable, void()").doesNotContain("zero");
    }

    /** A data-driven closure's entry stores the return address. */
    @Tag("port")
    @Test
    void theNativeCallerOfADataDrivenClosureIsKnown() {
        MemorySegment function;
        try (Closure<CallHandler> closure = CallInterface.prepare(BINARY_FUNCTION, ClosureOption.tier(Tier.DATA_DRIVEN))
                .bindBoxed((_, _) -> 1)) {
            function = closure.address();
        }

        assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

        assertThat(onlyCall().returnAddress()).isNotZero();
        assertThat(onlyCall().caller()).contains(Callers.fileName(), "+0x");
        assertThat(onlyCall().toString()).contains(onlyCall().caller());
    }

    @Test
    void whatItWasRetargetClassLastIsReported() {
        MemorySegment function;
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 1)) {
            closure.rebind(new Adder());
            function = closure.address();
        }
        Callers.callRepeatedly(function, 1, 5);

        assertThat(onlyCall().targetClass()).isEqualTo(Adder.class.getName());
    }

    @Test
    void whereItWasClosedIsRecordedOnRequest() {
        Salto.override(ClosureOption.onUseAfterFree(calls::add), ClosureOption.traceCloses(true));
        MemorySegment function = closed(new Adder());

        Callers.callRepeatedly(function, 1, 5);

        assertThat(onlyCall().closedAt()).extracting(StackTraceElement::getMethodName).contains("close", "closed",
                "whereItWasClosedIsRecordedOnRequest");
        assertThat(onlyCall().toString()).contains("The closure was closed here:", "\tat ", "UseAfterFreeTest.closed");
    }

    @Test
    void whetherClosesAreTracedIsTheApplicationsDecisionFirst() {
        ClosureType<IntBinaryOperator> traced = ClosureType.of(IntBinaryOperator.class, BINARY_FUNCTION,
                ClosureOption.traceCloses(true));
        Salto.override(ClosureOption.onUseAfterFree(calls::add), ClosureOption.traceCloses(false));
        MemorySegment function;
        try (Closure<IntBinaryOperator> closure = traced.bind(new Adder())) {
            function = closure.address();
        }

        Callers.callRepeatedly(function, 1, 5);

        assertThat(onlyCall().closedAt()).isEmpty();
    }

    interface Traced extends IntBinaryOperator {}

    @Test
    @Tag("port")
    void theNativeCallerOfAClosureIsKnownIfItsTypeTracesCloses() {
        ClosureOption traces = ClosureOption.traceCloses(true);
        ClosureOption answersThree = ClosureOption.onException(ExceptionPolicy.returnValue(3));
        ClosureType<Traced> type = ClosureType.of(MethodHandles.lookup(), Traced.class, BINARY_FUNCTION, traces);
        ClosureType<Traced> answering = ClosureType.of(MethodHandles.lookup(), Traced.class, BINARY_FUNCTION, traces,
                answersThree);
        CallInterface callInterface = CallInterface.prepare(BINARY_FUNCTION, traces);
        MethodHandle product = MethodHandles.dropArguments(MethodHandles.constant(int.class, 7), 0,
                BINARY_FUNCTION.toMethodType().parameterList());
        List<MemorySegment> functions;
        try (Arena arena = Arena.ofConfined()) {
            functions = List.of(type.bind((a, b) -> a + b + 1, arena),
                    answering.bind((a, b) -> a / b, arena),
                    StaticLinker.nativeLinker(traces).upcallStub(product, BINARY_FUNCTION, arena),
                    callInterface.bindBoxed((_, arguments) -> (int) arguments[0] + 2, arena));
            assertThat(functions).map(function -> Callers.callRepeatedly(function, 1, 6)).containsExactly(7, 3, 7, 8);
        }
        for (MemorySegment function : functions) {
            assertThat(Callers.callRepeatedly(MemorySegment.ofAddress(function.address()), 1, 5)).isZero();
        }

        assertThat(calls).hasSize(functions.size()).allSatisfy(call -> {
            assertThat(call.returnAddress()).isNotZero();
            assertThat(call.caller()).contains(Callers.fileName(), "+0x");
            assertThat(call.closedAt()).isNotEmpty();
        });
    }

    @Test
    void aCallInterfaceThatAsksForAGateHasOneEvenIfItTracesCloses() {
        CallInterface type = CallInterface.prepare(BINARY_FUNCTION, ClosureOption.tier(Tier.GATE),
                ClosureOption.traceCloses(true));
        MemorySegment function;
        try (Closure<CallHandler> closure = type.bindBoxed((_, _) -> 1)) {
            assertThat(closure.tier()).isEqualTo(Tier.GATE);
            function = closure.address();
        }

        assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

        assertThat(onlyCall().returnAddress()).isZero();
        assertThat(onlyCall().closedAt()).isNotEmpty();
    }

    interface ClosedTwice extends IntBinaryOperator {}

    /** The first slots of a type are not used again, and are closed in another way. */
    @Test
    void aCloseThatIsRefusedChangesNothingInReports() {
        ClosureType<ClosedTwice> type = ClosureType.of(MethodHandles.lookup(), ClosedTwice.class, BINARY_FUNCTION,
                ClosureOption.traceCloses(true));
        for (int i = 0; i < 128; i++) {
            Closure<ClosedTwice> closure = type.bind((_, _) -> 1).labelled("closed twice");
            MemorySegment function = closure.address();
            closedByItself(closure);
            assertThatThrownBy(() -> type.closeAddress(function.address())).isInstanceOf(IllegalStateException.class);

            assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

            assertThat(onlyCall().label()).contains("closed twice");
            assertThat(onlyCall().closedAt()).extracting(StackTraceElement::getMethodName).contains("closedByItself");
            calls.clear();
        }
    }

    private static void closedByItself(Closure<?> closure) {
        closure.close();
    }

    interface Mixture {
        MemorySegment get(byte a, MemorySegment b, float c, double d, long e, MemorySegment f, short g, int h, long i,
                double j, MemorySegment k);
    }

    /**
     * Structs in registers, in memory and on the stack come as segments that are valid during the
     * call.
     */
    @Test
    void aTracedClosureGetsAndReturnsWhatAGateDoes() throws Throwable {
        StructLayout pair = CLayouts.struct(JAVA_INT, JAVA_FLOAT);
        StructLayout large = CLayouts.struct(MemoryLayout.sequenceLayout(5, LONG_LONG));
        FunctionDescriptor function = FunctionDescriptor.of(large, JAVA_BYTE, pair, JAVA_FLOAT, DOUBLE, LONG_LONG,
                large, JAVA_SHORT, JAVA_INT, LONG_LONG, DOUBLE, ADDRESS);
        List<MemorySegment> seen = new ArrayList<>();
        Mixture mixture = (a, b, c, d, e, f, g, h, i, j, k) -> {
            seen.addAll(List.of(b, f));
            MemorySegment result = Arena.ofAuto().allocate(large).copyFrom(f);
            result.setAtIndex(LONG_LONG, 0, (long) (a + b.get(JAVA_INT, 0) + b.get(JAVA_FLOAT, 4) + c + d));
            result.setAtIndex(LONG_LONG, 1, (long) (e + g + h + i + j) + k.address());
            return result;
        };
        ClosureType<Mixture> type = ClosureType.of(MethodHandles.lookup(), Mixture.class, function,
                ClosureOption.traceCloses(true));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment b = arena.allocate(pair);
            b.set(JAVA_INT, 0, 20);
            b.set(JAVA_FLOAT, 4, 300);
            MemorySegment f = arena.allocate(large).fill((byte) 1);
            MethodHandle call = Linker.nativeLinker().downcallHandle(type.bind(mixture, arena), function);
            MemorySegment result = (MemorySegment) call.invokeExact((SegmentAllocator) arena, (byte) 1, b, 4_000f,
                    50_000.0, 1L, f, (short) 20, 300, 4_000L, 50_000.0, MemorySegment.ofAddress(600_000));
            f.setAtIndex(LONG_LONG, 0, 54_321);
            f.setAtIndex(LONG_LONG, 1, 654_321);
            assertThat(result.toArray(JAVA_BYTE)).isEqualTo(f.toArray(JAVA_BYTE));
        }
        assertThat(seen).noneMatch(segment -> segment.scope().isAlive());
    }

    @Test
    void closuresOfArenasAndOfMethodHandlesAreCaughtAsWell() {
        MemorySegment ofType;
        MemorySegment ofHandle;
        MemorySegment ofInterface;
        try (Arena arena = Arena.ofConfined()) {
            ofType = BINARY.bind(new Adder(), arena);
            MethodHandle zero = MethodHandles.empty(BINARY_FUNCTION.toMethodType());
            ofHandle = StaticLinker.nativeLinker().upcallStub(zero, BINARY_FUNCTION, arena);
            ofInterface = CallInterface.prepare(BINARY_FUNCTION).bindBoxed((_, arguments) -> 7, arena);
        }
        for (MemorySegment function : List.of(ofType, ofHandle, ofInterface)) {
            assertThat(Callers.callRepeatedly(MemorySegment.ofAddress(function.address()), 1, 5)).isZero();
        }

        assertThat(calls).extracting(UseAfterFree::type).map(type -> type.split(", ", 2)[0]).containsExactly(
                IntBinaryOperator.class.getName(), MethodHandle.class.getName(), CallHandler.class.getName());
    }

    interface FloatSource {
        float get();
    }

    interface DoubleSource {
        double get();
    }

    @Test
    void aFloatingPointResultIsZeroToWhoCalculatesWithIt() {
        Closure<FloatSource> floats = ClosureType
                .<FloatSource>of(MethodHandles.lookup(), FloatSource.class, FunctionDescriptor.of(JAVA_FLOAT))
                .bind(() -> 1);
        Closure<DoubleSource> doubles = ClosureType
                .<DoubleSource>of(MethodHandles.lookup(), DoubleSource.class, FunctionDescriptor.of(DOUBLE))
                .bind(() -> 1);
        MemorySegment floatFunction = floats.address();
        MemorySegment doubleFunction = doubles.address();
        floats.close();
        doubles.close();

        // Often, because what is left on a stack of registers shows only when that is full.
        for (int i = 0; i < 20; i++) {
            assertThat(Callers.addToFloat(floatFunction, i)).isEqualTo(i);
            assertThat(Callers.addToDouble(doubleFunction, i)).isEqualTo(i);
        }
        assertThat(calls).hasSize(40);
    }

    interface StructSource {
        MemorySegment get(int a);
    }

    private MemorySegment closedSource(StructLayout result) {
        ClosureType<StructSource> type = ClosureType.of(MethodHandles.lookup(), StructSource.class,
                FunctionDescriptor.of(result, JAVA_INT));
        try (Closure<StructSource> closure = type.bind(_ -> MemorySegment.NULL)) {
            return closure.address();
        }
    }

    @Test
    void aStructInRegistersIsZero() {
        MemorySegment quad = closedSource(
                MemoryLayout.structLayout(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT));
        MemorySegment mixture = closedSource(CLayouts.struct(DOUBLE, JAVA_INT));

        assertThat(Callers.callForQuad(quad, 1)).isZero();
        assertThat(Callers.callForMixture(mixture, 1)).isZero();
        assertThat(Callers.callForDoubleFloat(closedSource(CLayouts.struct(DOUBLE, JAVA_FLOAT)), 1)).isZero();
        assertThat(Callers.callForFloatDouble(closedSource(CLayouts.struct(JAVA_FLOAT, DOUBLE)), 1)).isZero();

        assertThat(calls).hasSize(4);
    }

    interface LargeSource {
        MemorySegment get(int a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
    }

    /**
     * The caller provides the memory, on a stack that is not clean; on i386 the callee removes its
     * address.
     */
    @Test
    void aStructInMemoryIsZeroAndStackArgumentsDoNotMatter() {
        StructLayout large = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(5, LONG_LONG));
        MemoryLayout[] parameters = Stream.concat(Stream.of(JAVA_INT), Stream.generate(() -> LONG_LONG).limit(9))
                .toArray(MemoryLayout[]::new);
        ClosureType<LargeSource> type = ClosureType.of(MethodHandles.lookup(), LargeSource.class,
                FunctionDescriptor.of(large, parameters));
        MemorySegment function;
        try (Closure<LargeSource> closure = type.bind((a, b, c, d, e, f, g, h, i, j) -> {
            MemorySegment result = Arena.ofAuto().allocate(large);
            result.setAtIndex(LONG_LONG, 4, a + b + c + d + e + f + g + h + i + j);
            return result;
        })) {
            function = closure.address();
            assertThat(Callers.callForLarge(function, 1)).isEqualTo(55);
        }

        for (int i = 0; i < 20; i++) {
            assertThat(Callers.callForLarge(function, i)).isZero();
        }
        assertThat(calls).hasSize(20);
    }

    /** A thing that returns a pointer. */
    interface PointerSource {
        MemorySegment get();
    }

    @Test
    void aPointerIsNull() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(ADDRESS);
        ClosureType<PointerSource> type = ClosureType.of(MethodHandles.lookup(), PointerSource.class, function);
        MemorySegment address;
        try (Closure<PointerSource> closure = type.bind(() -> MemorySegment.ofAddress(8))) {
            address = closure.address();
        }
        MethodHandle call = Linker.nativeLinker().downcallHandle(address, function);

        assertThat((MemorySegment) call.invokeExact()).isEqualTo(MemorySegment.NULL);
        assertThat(calls).hasSize(1);
    }

    @Test
    void whatAHandlerThrowsDoesNotLeaveTheCall() {
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        try {
            RuntimeException thrown = new IllegalStateException("by the handler");
            Salto.override(ClosureOption.onUseAfterFree(_ -> {
                throw thrown;
            }));

            assertThat(Callers.callRepeatedly(closed((a, b) -> 1), 1, 5)).isZero();

            assertThat(uncaught).containsExactly(thrown);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
    }

    @Tag("port")
    @Test
    void closuresInSealedTablesAreCaughtToo() {
        ClosureType<Sealed> type = ClosureType.of(MethodHandles.lookup(), Sealed.class, BINARY_FUNCTION);
        Closure<Sealed> closure = type.bind((a, b) -> 1);
        MemorySegment function = closure.address();
        type.seal();
        closure.close();

        assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

        assertThat(onlyCall().type()).startsWith(Sealed.class.getName());
        assertThat(onlyCall().returnAddress()).isZero();
    }

    interface Sealed extends IntBinaryOperator {}

    /**
     * Four threads that the JVM has not seen before call closed closures, while this one binds,
     * calls and closes.
     */
    @Test
    void aHundredThousandOfThemAreCountedWhileOthersBindAndClose() {
        int stale = 100;
        int callsEach = Amounts.scaled(25_000);
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        long before = Salto.statistics().usesAfterFree();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS, stale);
            ClosureType<OfMany> type = ClosureType.of(MethodHandles.lookup(), OfMany.class, BINARY_FUNCTION);
            for (int i = 0; i < stale; i++) {
                try (Closure<OfMany> closure = type.bind((a, b) -> 1)) {
                    functions.setAtIndex(ADDRESS, i, closure.address());
                }
            }
            List<NativeThread> threads = IntStream.range(0, 4)
                    .mapToObj(_ -> NativeThread.start(functions, stale, callsEach, 7))
                    .toList();
            for (int i = 0; i < Amounts.scaled(100_000); i++) {
                int answer = i;
                try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> answer)) {
                    assertThat(closure.address()).isNotEqualTo(MemorySegment.NULL);
                    if (i % 100 == 0) {
                        assertThat(Callers.callRepeatedly(closure.address(), 1, 0)).isEqualTo(i);
                    }
                }
            }
            assertThat(threads.stream().mapToLong(NativeThread::join).sum()).isZero();
        }
        assertThat(Salto.statistics().usesAfterFree() - before).isEqualTo(4L * callsEach);
    }

    interface OfMany extends IntBinaryOperator {}
}
