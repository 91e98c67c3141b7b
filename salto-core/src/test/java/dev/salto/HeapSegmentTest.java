// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A heap segment where native code needs an address: the message begins with the words of the JDK,
 * which people look for.
 */
final class HeapSegmentTest {
    private static final FunctionDescriptor POINTER = FunctionDescriptor.of(ADDRESS);
    private static final MemorySegment HEAP = MemorySegment.ofArray(new byte[8]);

    private final List<Throwable> uncaught = new ArrayList<>();

    interface Source {
        MemorySegment get();
    }

    @BeforeEach
    void collectUncaught() {
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
    }

    @AfterEach
    void passOnAgain() {
        Thread.currentThread().setUncaughtExceptionHandler(null);
    }

    private static String wordsOfTheJdk() {
        MethodHandle takesPointer = Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(1 << 20),
                FunctionDescriptor.ofVoid(ADDRESS));
        String message = String.valueOf(catchThrowable(() -> takesPointer.invoke(HEAP)).getMessage());
        return message.substring(0, message.indexOf(':') + 1);
    }

    private void assertRefused(MemorySegment function) throws Throwable {
        MethodHandle call = Linker.nativeLinker().downcallHandle(function, POINTER);

        assertThat((MemorySegment) call.invokeExact()).isEqualTo(MemorySegment.NULL);

        assertThat(uncaught).hasSize(1).allSatisfy(e -> assertThat(e).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(wordsOfTheJdk()));
        uncaught.clear();
    }

    @Test
    void asTheResultOfACallback() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle target = MethodHandles.constant(MemorySegment.class, HEAP);

            assertRefused(
                    ClosureType.<Source>of(MethodHandles.lookup(), Source.class, POINTER).bind(() -> HEAP, arena));
            assertRefused(StaticLinker
                    .nativeLinker(ClosureOption.onException(ExceptionPolicy.returnValue(MemorySegment.NULL)))
                    .upcallStub(target, POINTER, arena));
        }
        CallInterface type = CallInterface.prepare(POINTER);
        for (Supplier<Closure<?>> handler : List.<Supplier<Closure<?>>>of(() -> type.bindBoxed((_, _) -> HEAP),
                () -> type.bind(arguments -> arguments.setReturn(HEAP)))) {
            try (Closure<?> closure = handler.get()) {
                assertRefused(closure.address());
            }
        }
    }

    @Tag("port")
    @Test
    void asATargetOrAsData() {
        FunctionDescriptor takesPointer = FunctionDescriptor.ofVoid(ADDRESS);
        MemorySegment function = MemorySegment.ofAddress(1 << 20);
        try (Trampoline trampoline = Trampoline.allocate()) {
            for (Throwable refusal : List.of(
                    catchThrowable(() -> trampoline.set(HEAP, MemorySegment.NULL)),
                    catchThrowable(() -> trampoline.set(function, HEAP)),
                    catchThrowable(() -> NativeBinding.bindTrailing(HEAP, takesPointer, MemorySegment.NULL)),
                    catchThrowable(() -> NativeBinding.bindTrailing(function, takesPointer, HEAP)))) {
                assertThat(refusal).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(wordsOfTheJdk());
            }
        }
    }
}
