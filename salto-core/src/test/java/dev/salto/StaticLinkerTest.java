// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

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
}
