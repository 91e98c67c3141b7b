// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Objects that know the closure that they are bound to. */
final class SelfBindingTest {
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class);

    private static long open() {
        return Salto.statistics().bound() - Salto.statistics().closed() + Salto.statistics().stubs();
    }

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    @Test
    void aCallbackClosesItself() {
        Closure<IntBinaryOperator> once = BINARY.bindSelf(self -> (a, b) -> {
            self.close();
            return a + 1;
        });
        MemorySegment function = once.address();

        assertThat(once.isOpen()).isTrue();
        assertThat(call(function, 6)).isEqualTo(7);
        assertThat(once.isOpen()).isFalse();
        assertThat(call(function, 6)).isZero();
    }

    @Test
    void aHandlerOfACallInterfaceClosesItself() {
        Closure<ArgumentHandler> once = CallInterface.parse("int(int, int)").bindSelf(self -> arguments -> {
            arguments.setReturn(arguments.getInt(0) + 1);
            self.close();
        });
        MemorySegment function = once.address();

        assertThat(call(function, 6)).isEqualTo(7);
        assertThat(once.isOpen()).isFalse();
    }

    @Test
    void aHandlerOfBoxedArgumentsClosesItself() {
        Closure<CallHandler> once = CallInterface.parse("int(int, int)").bindBoxedSelf(self -> (_, arguments) -> {
            self.close();
            return (int) arguments[0] + 1;
        });
        MemorySegment function = once.address();

        assertThat(call(function, 6)).isEqualTo(7);
        assertThat(once.isOpen()).isFalse();
    }

    @Test
    void aClosureIsClosedUntilItsObjectIsMade() {
        List<Boolean> wereOpen = new ArrayList<>();
        try (Closure<IntBinaryOperator> closure = BINARY.bindSelf(self -> {
            wereOpen.add(self.isOpen());
            self.close();
            assertThatThrownBy(self::address).isInstanceOf(IllegalStateException.class);
            return (a, b) -> a;
        })) {
            assertThat(wereOpen).containsExactly(false);
            assertThat(closure.type()).isSameAs(BINARY);
            assertThat(call(closure.address(), 6)).isEqualTo(6);
        }
    }

    @Test
    void nothingIsBoundIfItsObjectCannotBeMade() {
        long open = open();

        assertThatThrownBy(() -> BINARY.bindSelf(_ -> {
            throw new IllegalStateException("of the maker");
        })).hasMessage("of the maker");

        assertThat(open()).isEqualTo(open);
    }

    @Test
    void aDestroyNotificationHasTheShapeThatTheLibraryCalls() throws Throwable {
        FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 1);
        Closure<?> notify = Callbacks.destroyNotify(shape, closure);

        int result = (int) Linker.nativeLinker().downcallHandle(notify.address(), shape)
                .invoke(MemorySegment.ofAddress(1), MemorySegment.ofAddress(2));

        assertThat(result).isZero();
        assertThat(closure.isOpen()).isFalse();
        assertThat(notify.isOpen()).isFalse();
    }

    @Test
    void aDestroyNotificationRunsWhileAnExceptionIsCarried() {
        FunctionDescriptor shape = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);
        Closure<IntBinaryOperator> failing = BINARY.bind((a, b) -> {
            throw new IllegalStateException("of the callback");
        });
        Closure<?> notify = Callbacks.destroyNotify(shape, failing);

        assertThatThrownBy(() -> Callbacks.callAndRethrow(() -> {
            int _ = call(failing.address(), 1);
            return Linker.nativeLinker().downcallHandle(notify.address(), shape)
                    .invokeWithArguments(MemorySegment.NULL, MemorySegment.NULL);
        })).hasMessage("of the callback");

        assertThat(failing.isOpen()).isFalse();
    }
}
