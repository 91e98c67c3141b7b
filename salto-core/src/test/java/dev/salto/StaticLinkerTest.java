// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static dev.salto.text.callers.CTypes.DOUBLE;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The drop-in for the JDK's upcall stubs, with handles of every kind. */
@SuppressWarnings("UnusedMethod") // targets are reached through method handles
final class StaticLinkerTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private final StaticLinker linker = StaticLinker.nativeLinker();

    private static int subtract(int a, int b) {
        return a - b;
    }

    private static int subtractAndAdd(int own, int a, int b) {
        return a - b + own;
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findStatic(StaticLinkerTest.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a target is missing", e);
        }
    }

    @Test
    void aDirectMethodHandleIsCalled() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = linker.upcallStub(find("subtract", BINARY.toMethodType()), BINARY, arena);

            assertThat(Callers.callRepeatedly(stub, 3, 10)).isEqualTo(10 - 1 - 2);
        }
    }

    @Test
    void eachBoundMethodHandleHasAStubOfItsOwn() {
        MethodHandle target = find("subtractAndAdd", MethodType.methodType(int.class, int.class, int.class, int.class));
        try (Arena arena = Arena.ofConfined()) {
            for (int own = 0; own < 100; own++) {
                MemorySegment stub = linker.upcallStub(MethodHandles.insertArguments(target, 0, own), BINARY, arena);

                assertThat(Callers.callRepeatedly(stub, 1, 5)).isEqualTo(5 + own);
            }
        }
    }

    private static Object sumOf(Object... numbers) {
        return Stream.of(numbers).mapToLong(n -> (long) n).sum();
    }

    @Test
    void aHandleSpreadOverAnArrayTakesMoreArgumentsThanThereAreRegisters() throws Throwable {
        FunctionDescriptor nine = FunctionDescriptor.of(LONG_LONG,
                Collections.nCopies(9, LONG_LONG).toArray(MemoryLayout[]::new));
        MethodHandle target = find("sumOf", MethodType.methodType(Object.class, Object[].class))
                .asCollector(Object[].class, 9).asType(nine.toMethodType());
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(linker.upcallStub(target, nine, arena), nine);

            assertThat((long) call.invokeExact(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L)).isEqualTo(45);
        }
    }

    static Stream<Arguments> everyPlainLayoutWithTwoValues() {
        return Stream.of(
                Arguments.of(JAVA_BOOLEAN, true, false),
                Arguments.of(JAVA_BYTE, (byte) -100, (byte) 7),
                Arguments.of(JAVA_SHORT, (short) -30_000, (short) 7),
                Arguments.of(JAVA_CHAR, '\uff01', 'a'),
                Arguments.of(JAVA_INT, -2_000_000_000, 7),
                Arguments.of(LONG_LONG, -2_000_000_000_000L, 7L),
                Arguments.of(JAVA_FLOAT, -1.5f, 7f),
                Arguments.of(DOUBLE, -1e100, 7d),
                Arguments.of(ADDRESS, MemorySegment.ofAddress(0x7000_1234), MemorySegment.NULL),
                Arguments.of(ADDRESS.withName("named").withTargetLayout(MemoryLayout.sequenceLayout(8, JAVA_BYTE)),
                        MemorySegment.ofAddress(0x7000_1234).reinterpret(8),
                        MemorySegment.ofAddress(3).reinterpret(8)));
    }

    /** Where the JDK has a linker of its own. */
    @Tag("port")
    @ParameterizedTest(name = "{0}")
    @MethodSource("everyPlainLayoutWithTwoValues")
    void aFunctionOfNumbersAndPointersHasNoGateUntilItIsCalledOften(MemoryLayout layout, Object first, Object second)
            throws Throwable {
        Assumptions.assumeFalse(JdkFaults.attachesForEachCall(), "a gate would be libffi's closure here");
        // The second argument is the result, so both registers and results are seen.
        FunctionDescriptor function = FunctionDescriptor.of(layout, JAVA_INT, layout, DOUBLE);
        MethodHandle target = MethodHandles.dropArguments(
                MethodHandles.identity(function.toMethodType().returnType()), 0, int.class);
        target = MethodHandles.dropArguments(target, 2, double.class);
        MethodHandle call = Linker.nativeLinker().downcallHandle(function);
        long gates = Gates.made();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = linker.upcallStub(target, function, arena);
            assertThat(call.invokeWithArguments(stub, 1, first, 2d)).isEqualTo(first);
            assertThat(call.invokeWithArguments(stub, 1, second, 2d)).isEqualTo(second);
            assertThat(Gates.made()).as("gates after a call").isEqualTo(gates);

            Gates.callUntilThereAre(gates + 1,
                    () -> assertThat(call.invokeWithArguments(stub, 1, first, 2d)).isEqualTo(first));

            assertThat(call.invokeWithArguments(stub, 1, second, 2d)).isEqualTo(second);
        }
    }

    private static int fail(int a) {
        throw new IllegalArgumentException(Integer.toString(a));
    }

    /** Without a gate, and then with one. */
    @Test
    void thePolicyForExceptionsStaysTheSameWhenAGateIsMade() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        StaticLinker handling = StaticLinker.nativeLinker(ClosureOption.onException(ExceptionPolicy
                .handleBy(failure -> Integer.parseInt(String.valueOf(failure.exception().getMessage())) + 1)));
        MethodHandle call = Linker.nativeLinker().downcallHandle(function);
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = handling.upcallStub(find("fail", function.toMethodType()), function, arena);
            for (int i = 0; i < 2_000; i++) {
                assertThat((int) call.invokeExact(stub, i)).isEqualTo(i + 1);
            }
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
    }

    private static int firstOf(MemorySegment numbers) {
        return numbers.get(JAVA_INT, 0);
    }

    @Test
    void aPointerWithATargetLayoutCanBeReadAtOnce() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT, ADDRESS.withTargetLayout(JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle target = find("firstOf", function.toMethodType());
            MethodHandle call = Linker.nativeLinker().downcallHandle(linker.upcallStub(target, function, arena),
                    function);

            assertThat((int) call.invokeExact(arena.allocateFrom(JAVA_INT, 77))).isEqualTo(77);
        }
    }

    @Test
    void aLargeStructComesBackAndTheStubDiesWithItsArena() throws Throwable {
        MemoryLayout large = MemoryLayout.structLayout(LONG_LONG, LONG_LONG, LONG_LONG);
        FunctionDescriptor function = FunctionDescriptor.of(large);
        MemorySegment answer = Arena.ofAuto().allocate(large);
        answer.set(LONG_LONG, 16, 5);
        MemorySegment stub;
        try (Arena arena = Arena.ofConfined()) {
            stub = linker.upcallStub(MethodHandles.constant(MemorySegment.class, answer), function, arena);
            MethodHandle call = Linker.nativeLinker().downcallHandle(function);
            MemorySegment result = (MemorySegment) call.invoke(stub, Arena.ofAuto());

            assertThat(result.get(LONG_LONG, 16)).isEqualTo(5);
        }
        assertThat(stub.scope().isAlive()).isFalse();
    }

    private static int declare(int a, int b) throws CloneNotSupportedException {
        if (a == b) {
            throw new CloneNotSupportedException();
        }
        return a;
    }

    @Test
    void aDescriptorThatWasUsedBeforeIsStillComparedWithItsMethodHandle() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(linker.upcallStub(find("subtract", BINARY.toMethodType()), BINARY, arena).byteSize()).isZero();

            assertThatIllegalArgumentException().isThrownBy(
                    () -> linker.upcallStub(find("declare", BINARY.toMethodType()), BINARY, arena))
                    .withMessageContaining("may throw exceptions");
            assertThatIllegalArgumentException().isThrownBy(
                    () -> linker.upcallStub(MethodHandles.identity(int.class), BINARY, arena))
                    .withMessageContaining("Wrong method handle type");
        }
    }
}
