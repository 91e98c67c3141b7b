// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Closures without a gate, whose handlers read the arguments themselves. */
@Tag("port")
final class DataDrivenTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** Large enough for memory on every architecture. */
    private static final GroupLayout LARGE = CLayouts.struct(MemoryLayout.sequenceLayout(10, LONG_LONG));

    private static final ArgumentHandler SUM = arguments -> arguments
            .setReturn(arguments.getInt(0) + arguments.getInt(1));

    private static CallInterface binary(ClosureOption... options) {
        return CallInterface.prepare(BINARY, options);
    }

    private static int call(MemorySegment function, int a, int b) throws Throwable {
        return (int) Linker.nativeLinker().downcallHandle(function, BINARY).invokeExact(a, b);
    }

    @Test
    void aHandlerReadsArgumentsOfEveryType() throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.of(DOUBLE, JAVA_BOOLEAN, JAVA_BYTE, JAVA_SHORT, JAVA_CHAR,
                JAVA_INT, LONG_LONG, JAVA_FLOAT, DOUBLE, ADDRESS, ADDRESS.withTargetLayout(JAVA_INT));
        List<Object> seen = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(JAVA_INT, 77);
            MemorySegment function = CallInterface.prepare(descriptor).bind(arguments -> {
                seen.addAll(List.of(arguments.count(), arguments.getBoolean(0), arguments.getByte(1),
                        arguments.getShort(2), arguments.getChar(3), arguments.getInt(4), arguments.getLong(5),
                        arguments.getFloat(6), arguments.getDouble(7), arguments.getAddress(8),
                        arguments.getPointer(8), arguments.getAddress(9).get(JAVA_INT, 0)));
                arguments.setReturn(-2.5);
            }, arena);
            assertThat((double) Linker.nativeLinker().downcallHandle(function, descriptor).invokeExact(true, (byte) -1,
                    (short) -2, '\u1234', -4, -5L, 6.5f, 7.5, MemorySegment.ofAddress(0x1000), number))
                    .isEqualTo(-2.5);
        }
        assertThat(seen).containsExactly(10, true, (byte) -1, (short) -2, '\u1234', -4, -5L, 6.5f, 7.5,
                MemorySegment.ofAddress(0x1000), 0x1000L, 77);
    }

    @Test
    void everyTypeIsReturned() throws Throwable {
        assertThat(returned(JAVA_BOOLEAN, arguments -> arguments.setReturn(true))).isEqualTo(true);
        assertThat(returned(JAVA_BYTE, arguments -> arguments.setReturn((byte) -7))).isEqualTo((byte) -7);
        assertThat(returned(JAVA_SHORT, arguments -> arguments.setReturn((short) -7))).isEqualTo((short) -7);
        assertThat(returned(JAVA_CHAR, arguments -> arguments.setReturn('\uffff'))).isEqualTo('\uffff');
        assertThat(returned(JAVA_INT, arguments -> arguments.setReturn(-7))).isEqualTo(-7);
        assertThat(returned(LONG_LONG, arguments -> arguments.setReturn(-7L << 40))).isEqualTo(-7L << 40);
        assertThat(returned(JAVA_FLOAT, arguments -> arguments.setReturn(-7.5f))).isEqualTo(-7.5f);
        assertThat(returned(DOUBLE, arguments -> arguments.setReturn(-7.5))).isEqualTo(-7.5);
        assertThat(returned(ADDRESS, arguments -> arguments.setReturn(MemorySegment.ofAddress(0x70000))))
                .isEqualTo(MemorySegment.ofAddress(0x70000));
        assertThat(returned(ADDRESS, arguments -> arguments.setReturnPointer(0x70000)))
                .isEqualTo(MemorySegment.ofAddress(0x70000));
    }

    private static @Nullable Object returned(MemoryLayout layout, ArgumentHandler handler) throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.of(layout);
        try (Closure<ArgumentHandler> closure = CallInterface.prepare(descriptor).bind(handler)) {
            return Linker.nativeLinker().downcallHandle(closure.address(), descriptor).invokeWithArguments();
        }
    }

    @Test
    void anotherTypeThanTheFunctionsIsRefused() throws Throwable {
        List<String> messages = new ArrayList<>();
        ArgumentHandler wrong = arguments -> {
            for (Runnable step : List.<Runnable>of(() -> arguments.getDouble(1), () -> arguments.getInt(2),
                    () -> arguments.setReturn(1L), () -> arguments.getSegment(0))) {
                try {
                    step.run();
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    messages.add(e.getMessage());
                }
            }
            arguments.setReturn(5);
        };
        try (Closure<ArgumentHandler> closure = binary().bind(wrong)) {
            assertThat(call(closure.address(), 1, 2)).isEqualTo(5);
        }
        assertThat(messages).hasSize(4);
        assertThat(messages.get(0)).contains("argument 1 is a int and was read as a double");
        assertThat(messages.get(1)).contains("2");
        assertThat(messages.get(2)).contains("result is a int and was set as a long");
    }

    @Test
    void argumentsAreGoneWhenTheHandlerHasReturned() throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.ofVoid(LARGE);
        AtomicReference<Arguments> kept = new AtomicReference<>();
        AtomicReference<MemorySegment> keptSegment = new AtomicReference<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = CallInterface.prepare(descriptor).bind(arguments -> {
                kept.set(arguments);
                keptSegment.set(arguments.getSegment(0));
            }, arena);
            Linker.nativeLinker().downcallHandle(function, descriptor).invokeExact(arena.allocate(LARGE));
        }
        assertThatThrownBy(() -> kept.get().getInt(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the call is over");
        assertThatThrownBy(() -> keptSegment.get().get(LONG_LONG, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCallWithinACallHasArgumentsOfItsOwn() throws Throwable {
        AtomicReference<MemorySegment> self = new AtomicReference<>();
        ArgumentHandler factorial = arguments -> {
            int n = arguments.getInt(0);
            try {
                int below = n <= 1 ? 1 : call(self.get(), n - 1, 0);
                arguments.setReturn(below * arguments.getInt(0));
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        };
        try (Closure<ArgumentHandler> closure = binary().bind(factorial)) {
            self.set(closure.address());
            assertThat(call(closure.address(), 10, 0)).isEqualTo(3_628_800);
        }
    }

    @Test
    void whoSetsNoResultReturnsZero() throws Throwable {
        assertThat(returned(JAVA_INT, _ -> {})).isEqualTo(0);
        assertThat(returned(DOUBLE, _ -> {})).isEqualTo(0.0);
        assertThat(large(CallInterface.prepare(FunctionDescriptor.of(LARGE)), _ -> {})).containsOnly(0);
    }

    /** The bytes that a callback returns, in memory that was not zero before. */
    private static byte[] large(CallInterface type, ArgumentHandler handler) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(type.bind(handler, arena), type.descriptor());
            MemorySegment memory = arena.allocate(LARGE).fill((byte) 0x5a);
            MemorySegment returned = (MemorySegment) call
                    .invoke((java.lang.foreign.SegmentAllocator) (_, _) -> memory);
            return returned.toArray(JAVA_BYTE);
        }
    }

    @Test
    void exceptionsAreDealtWithAsThePolicySays() throws Throwable {
        ArgumentHandler failing = arguments -> {
            arguments.setReturn(3);
            throw new IllegalStateException("on purpose");
        };
        CallInterface minusOne = binary(ClosureOption.onException(ExceptionPolicy.returnValue(-1)));
        List<Throwable> seen = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, exception) -> seen.add(exception));
        try (Closure<ArgumentHandler> zero = binary().bind(failing);
                Closure<ArgumentHandler> valued = minusOne.bind(failing)) {
            assertThat(call(zero.address(), 1, 2)).isZero();
            assertThat(call(valued.address(), 1, 2)).isEqualTo(-1);
            assertThat(seen).hasSize(2);
            assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> call(zero.address(), 1, 2)))
                    .hasMessage("on purpose");
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
    }

    @Test
    void aClosedOneIsCaughtAndReturnsZero() throws Throwable {
        List<UseAfterFree> caught = new ArrayList<>();
        Salto.override(ClosureOption.onUseAfterFree(caught::add));
        try {
            Closure<ArgumentHandler> closure = binary().bind(SUM);
            MemorySegment function = closure.address();
            assertThat(Callers.callRepeatedly(function, 1, 5)).isEqualTo(5);
            closure.close();

            assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();
            assertThat(caught).hasSize(1);
            assertThat(caught.getFirst().toString()).contains("ArgumentHandler");
            assertThat(caught.getFirst().toString()).contains("called by thread main, from 0x", Callers.fileName(),
                    "+0x");
        } finally {
            Salto.override();
        }
    }

    @Test
    void aClosedOneClearsTheMemoryOfItsResult() throws Throwable {
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        try (Arena arena = Arena.ofConfined()) {
            CallInterface type = CallInterface.prepare(FunctionDescriptor.of(LARGE));
            Closure<ArgumentHandler> closure = type.bind(_ -> {});
            MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), type.descriptor());
            closure.close();
            MemorySegment memory = arena.allocate(LARGE).fill((byte) 0x5a);
            MemorySegment returned = (MemorySegment) call
                    .invoke((java.lang.foreign.SegmentAllocator) (_, _) -> memory);
            assertThat(returned.toArray(JAVA_BYTE)).containsOnly(0);
        } finally {
            Salto.override();
        }
    }

    @Test
    void oneCanBeReboundAndSealed() throws Throwable {
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                ClosureOption.tier(Tier.DATA_DRIVEN));
        try (Closure<ArgumentHandler> closure = type.bind(SUM)) {
            closure.rebind(arguments -> arguments.setReturn(arguments.getInt(0) * arguments.getInt(1)));
            assertThat(call(closure.address(), 6, 7)).isEqualTo(42);
            type.seal();
            assertThatThrownBy(() -> closure.rebind(SUM)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sealed");
            assertThat(call(closure.address(), 6, 7)).isEqualTo(42);
        }
    }

    /** The first closures of all types are neighbours in one table. */
    @Test
    void sealingOneTypeLeavesTheOthersWorking() throws Throwable {
        CallInterface sealed = binary(ClosureOption.tier(Tier.DATA_DRIVEN));
        CallInterface other = binary(ClosureOption.onException(ExceptionPolicy.returnValue(0)));
        try (Closure<ArgumentHandler> own = sealed.bind(SUM); Closure<ArgumentHandler> neighbour = other.bind(SUM)) {
            sealed.seal();
            assertThat(call(own.address(), 1, 2)).isEqualTo(3);
            assertThat(call(neighbour.address(), 3, 4)).isEqualTo(7);
            for (CallInterface type : List.of(sealed, other)) {
                try (Closure<ArgumentHandler> later = type.bind(SUM)) {
                    assertThat(call(later.address(), 5, 6)).isEqualTo(11);
                }
            }
        }
    }

    /** More than find a place in the table that types share. */
    @Test
    void oneTypeHasThousands() throws Throwable {
        CallInterface type = binary(ClosureOption.tier(Tier.DATA_DRIVEN));
        long before = Salto.statistics().bound();
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> functions = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                int own = i;
                functions.add(type.bind(arguments -> arguments.setReturn(arguments.getInt(0) + own), arena));
            }
            assertThat(Salto.statistics().bound() - before).isEqualTo(3_000);
            for (int i : new int[]{0, 15, 16, 17, 2_999}) {
                assertThat(call(functions.get(i), 1, 0)).isEqualTo(1 + i);
            }
            assertThat(functions.stream().map(MemorySegment::address).distinct()).hasSize(3_000);
        }
    }

    /** The JIT compiler removes the arguments' object where it inlines the handler. */
    @Test
    @Tag("host")
    void aCallAllocatesNothingWithOneClassOfHandlersAndOneObjectWithMany() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "AllocatedBytes", "-XX:+UseSerialGC", "-XX:-UseTLAB",
                "-Xmn200m");

        assertThat(child.value("one")).isEqualTo("0");
        assertThat(Integer.parseInt(child.value("four"))).isBetween(1, 48);
        assertThat(child.exitCode()).isZero();
    }

    /** Where the JDK has a linker of its own. */
    @Test
    void hotOnesGetAGateWhileNativeCodeCallsThem() throws Throwable {
        Assumptions.assumeFalse(JdkFaults.attachesForEachCall(), "a gate would be libffi's closure here");
        // So many that the hidden argument is on the stack, behind others.
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT,
                Stream.generate(() -> JAVA_INT).limit(12).toArray(MemoryLayout[]::new));
        CallInterface type = CallInterface.prepare(descriptor);
        MethodHandle call = Linker.nativeLinker().downcallHandle(descriptor);
        try (Closure<CallHandler> closure = type.bindBoxed((_, arguments) -> (int) arguments[0] - (int) arguments[1])) {
            MemorySegment function = closure.address();
            AtomicInteger calls = new AtomicInteger();
            Gates.callUntilThereAre(Gates.made() + 1, () -> {
                int first = calls.incrementAndGet();
                assertThat((int) call.invokeExact(function, first, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
                        .isEqualTo(first - 1);
            });
            assertThat((int) call.invokeExact(function, 50, 8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).isEqualTo(42);
        }
        try (Closure<CallHandler> later = type.bindBoxed((_, arguments) -> (int) arguments[0] + (int) arguments[1])) {
            assertThat((int) call.invokeExact(later.address(), 50, 8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).isEqualTo(58);
        }
    }

    @Test
    void onesThatArePinnedStayAsTheyAre() throws Throwable {
        CallHandler difference = (_, arguments) -> (int) arguments[0] - (int) arguments[1];
        CallInterface dataDriven = binary(ClosureOption.tier(Tier.DATA_DRIVEN));
        CallInterface gate = binary(ClosureOption.tier(Tier.GATE));
        assertThat(List.of(dataDriven.tier(), gate.tier(), binary().tier()))
                .containsExactly(Tier.DATA_DRIVEN, Tier.GATE, Tier.AUTOMATIC);
        try (Closure<CallHandler> first = dataDriven.bindBoxed(difference);
                Closure<CallHandler> second = gate.bindBoxed(difference)) {
            // After 5,000 one that is not pinned gets a gate.
            int calls = 6_000;
            assertThat(Callers.callRepeatedly(first.address(), calls, 0)).isEqualTo(-calls * (calls - 1) / 2);
            assertThat(call(second.address(), 9, 1)).isEqualTo(8);
        }
    }

    /** A handler that reads its arguments itself sees the same through a gate. */
    @Test
    void aGateTakesHandlersThatReadTheirArgumentsThemselves() throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.of(LARGE, JAVA_INT, LARGE, DOUBLE, ADDRESS, JAVA_BYTE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(LARGE).fill((byte) 7);
            MemorySegment function = CallInterface.prepare(descriptor, ClosureOption.tier(Tier.GATE))
                    .bind(arguments -> {
                        MemorySegment out = Arena.ofAuto().allocate(LARGE).copyFrom(arguments.getSegment(1));
                        out.setAtIndex(LONG_LONG, 0, arguments.getInt(0));
                        out.setAtIndex(LONG_LONG, 1, (long) arguments.getDouble(2));
                        out.setAtIndex(LONG_LONG, 2, arguments.getPointer(3));
                        out.setAtIndex(LONG_LONG, 3, arguments.getByte(4));
                        arguments.setReturn(out);
                    }, arena);
            MemorySegment out = (MemorySegment) Linker.nativeLinker().downcallHandle(function, descriptor)
                    .invoke((java.lang.foreign.SegmentAllocator) arena, 1, in, 2.5, MemorySegment.ofAddress(3),
                            (byte) -4);
            assertThat(IntStream.range(0, 5).mapToObj(i -> out.getAtIndex(LONG_LONG, i)))
                    .containsExactly(1L, 2L, 3L, -4L, 0x0707070707070707L);
        }
    }

    @Test
    void manyTypesLiveSideBySide() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            for (int count : Sample.some(IntStream.range(1, 40).boxed().toList(), 4, "counts")) {
                FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT,
                        Stream.generate(() -> JAVA_INT).limit(count).toArray(MemoryLayout[]::new));
                MemorySegment function = CallInterface.prepare(descriptor).bind(arguments -> {
                    int sum = 0;
                    for (int i = 0; i < arguments.count(); i++) {
                        sum += (i + 1) * arguments.getInt(i);
                    }
                    arguments.setReturn(sum);
                }, arena);
                Object[] values = IntStream.range(0, count).mapToObj(i -> (Object) (i * i)).toArray();
                int expected = IntStream.range(0, count).map(i -> (i + 1) * i * i).sum();
                assertThat(Linker.nativeLinker().downcallHandle(function, descriptor).invokeWithArguments(values))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        Optional<Abi> foreign = Stream.of(Abi.values()).filter(abi -> !abi.isSupported()).findFirst();

        assertThat(Abi.NATIVE.isSupported()).isTrue();
        assertThatThrownBy(() -> CallInterface.prepare(foreign.orElseThrow(), FunctionDescriptor.of(JAVA_INT)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(foreign.orElseThrow().name())
                .hasMessageContaining("NATIVE");
        assertThatThrownBy(
                () -> CallInterface.prepare(FunctionDescriptor.ofVoid(JAVA_INT), ClosureOption.firstVariadicArg(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("first variadic argument", "from 0 to 1");
        assertThatThrownBy(() -> CallInterface.prepare(FunctionDescriptor.ofVoid(JAVA_INT, DOUBLE),
                ClosureOption.firstVariadicArg(1), ClosureOption.tier(Tier.GATE)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("NATIVE");
    }
}
