// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closures of types that only the running program knows. */
final class CallInterfaceTest {
    private static MethodHandle caller(MemorySegment function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(function, descriptor);
    }

    @Test
    void theHandlerSeesTheTypeAndTheBoxedArguments() throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.of(DOUBLE, JAVA_INT, DOUBLE, ADDRESS);
        CallInterface type = CallInterface.prepare(descriptor);
        List<Object> seen = new ArrayList<>();
        CallHandler handler = (called, arguments) -> {
            seen.add(called.callInterface());
            seen.addAll(Arrays.asList(arguments));
            return 2.5;
        };
        try (Closure<CallHandler> closure = type.bindBoxed(handler)) {
            assertThat((double) caller(closure.address(), descriptor).invokeExact(3, 0.5, MemorySegment.ofAddress(7)))
                    .isEqualTo(2.5);
        }
        assertThat(seen).containsExactly(type, 3, 0.5, MemorySegment.ofAddress(7));
    }

    @Test
    void aFunctionWithoutAResultMayReturnAnything() throws Throwable {
        FunctionDescriptor descriptor = FunctionDescriptor.ofVoid(JAVA_INT);
        List<Object> seen = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = CallInterface.prepare(descriptor)
                    .bindBoxed((_, arguments) -> seen.add(arguments[0]), arena);
            caller(function, descriptor).invokeExact(8);
        }
        assertThat(seen).containsExactly(8);
    }

    @Test
    void structsComeAndGoAsSegments() throws Throwable {
        MemoryLayout pair = MemoryLayout.structLayout(LONG_LONG, DOUBLE);
        FunctionDescriptor descriptor = FunctionDescriptor.of(pair, pair);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = CallInterface.prepare(descriptor).bindBoxed((_, arguments) -> {
                MemorySegment in = (MemorySegment) arguments[0];
                MemorySegment out = Arena.ofAuto().allocate(pair);
                out.set(LONG_LONG, 0, in.get(LONG_LONG, 0) * 2);
                out.set(DOUBLE, 8, in.get(DOUBLE, 8) / 2);
                return out;
            }, arena);
            MemorySegment in = arena.allocate(pair);
            in.set(LONG_LONG, 0, 21);
            in.set(DOUBLE, 8, 3.0);
            MemorySegment out = (MemorySegment) caller(function, descriptor).invoke((SegmentAllocator) arena, in);

            assertThat(out.get(LONG_LONG, 0)).isEqualTo(42);
            assertThat(out.get(DOUBLE, 8)).isEqualTo(1.5);
        }
    }

    /** A float of zero is not zero in a register everywhere. */
    @Test
    void nativeCodeGetsZeroIfAHandlerSetsNoResultOrFailsWhenItHas() throws Throwable {
        MemoryLayout floats = MemoryLayout.structLayout(JAVA_FLOAT, JAVA_FLOAT);
        MemoryLayout large = MemoryLayout.structLayout(LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG);
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        try (Arena arena = Arena.ofConfined()) {
            for (MemoryLayout result : List.of(JAVA_INT, LONG_LONG, JAVA_FLOAT, DOUBLE, ADDRESS, floats, large)) {
                FunctionDescriptor descriptor = FunctionDescriptor.of(result, DOUBLE);
                CallInterface type = CallInterface.prepare(descriptor);
                MemorySegment silent = type.bind(_ -> {}, arena);
                MemorySegment failing = type.bind(arguments -> {
                    answerWithOnes(arguments, result, arena);
                    throw new IllegalStateException("expected by the test");
                }, arena);

                assertThat(answer(silent, descriptor, arena)).as("%s", result).isEqualTo(zero(result, arena));
                assertThat(answer(failing, descriptor, arena)).as("%s", result).isEqualTo(zero(result, arena));
            }
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(uncaught).hasSize(7);
    }

    private static Object answer(MemorySegment function, FunctionDescriptor descriptor, Arena arena) throws Throwable {
        MemoryLayout result = descriptor.returnLayout().orElseThrow();
        MethodHandle caller = caller(function, descriptor);
        return Values.bits(result, result instanceof ValueLayout
                ? caller.invokeWithArguments(0.5)
                : caller.invokeWithArguments(arena, 0.5));
    }

    private static Object zero(MemoryLayout layout, Arena arena) {
        MemorySegment segment = arena.allocate(layout);
        return Values.bits(layout, layout instanceof ValueLayout value ? value.varHandle().get(segment, 0L) : segment);
    }

    private static void answerWithOnes(Arguments arguments, MemoryLayout result, Arena arena) {
        switch (result) {
            case ValueLayout.OfInt _ -> arguments.setReturn(1);
            case ValueLayout.OfLong _ -> arguments.setReturn(1L);
            case ValueLayout.OfFloat _ -> arguments.setReturn(1f);
            case ValueLayout.OfDouble _ -> arguments.setReturn(1.0);
            case AddressLayout _ -> arguments.setReturnPointer(1);
            default -> arguments.setReturn(arena.allocate(result).fill((byte) 1));
        }
    }

    @Test
    void thereIsOneForEachDescriptor() {
        assertThat(CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT)))
                .isSameAs(CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT)))
                .isNotEqualTo(CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, LONG_LONG)));
    }

    @Test
    void theHandlerSeesTheNamesOfItsOwnDescriptor() throws Throwable {
        for (String name : List.of("width", "height")) {
            FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, JAVA_INT.withName(name));
            CallInterface type = CallInterface.prepare(descriptor);
            List<CallInterface> seen = new ArrayList<>();
            try (Closure<CallHandler> closure = type.bindBoxed((called, arguments) -> {
                seen.add(called.callInterface());
                return arguments[0];
            })) {
                assertThat((int) caller(closure.address(), descriptor).invokeExact(5)).isEqualTo(5);
            }
            assertThat(seen).containsExactly(type);
            assertThat(seen.getFirst().descriptor()).isEqualTo(descriptor);
        }
    }

    @Test
    void whatTheLinkerDoesNotKnowIsRefused() {
        FunctionDescriptor foreign = FunctionDescriptor.of(JAVA_INT.withOrder(Values.foreignOrder()));

        assertThatThrownBy(() -> CallInterface.prepare(foreign)).isInstanceOf(IllegalArgumentException.class);
    }
}
