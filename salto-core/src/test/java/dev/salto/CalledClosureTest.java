// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.text.callers.Callers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One handler stands for many functions, and tells them apart by the closure that was called. */
final class CalledClosureTest {
    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    private static CallInterface type(Tier tier) {
        return CallInterface.parse("int(int, int)", ClosureOption.tier(tier));
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void aHandlerThatReadsItsArgumentsLearnsWhichClosureWasCalled(Tier tier) {
        CallInterface type = type(tier);
        List<CalledClosure> calls = new ArrayList<>();
        ArgumentHandler handler = arguments -> {
            calls.add(arguments.called());
            arguments.setReturn(arguments.called().label().orElse("").length() + arguments.getInt(0));
        };
        try (Closure<ArgumentHandler> two = type.bind(handler).labelled("ab");
                Closure<ArgumentHandler> none = type.bind(handler)) {
            assertThat(call(two.address(), 5)).isEqualTo(7);
            assertThat(call(none.address(), 5)).isEqualTo(5);

            assertCalled(type, calls, two, none);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void aHandlerOfBoxedArgumentsLearnsWhichClosureWasCalled(Tier tier) {
        CallInterface type = type(tier);
        List<CalledClosure> calls = new ArrayList<>();
        CallHandler handler = (called, arguments) -> {
            calls.add(called);
            return called.label().orElse("").length() + (int) arguments[0];
        };
        try (Closure<CallHandler> two = type.bindBoxed(handler).labelled("ab");
                Closure<CallHandler> none = type.bindBoxed(handler)) {
            assertThat(call(two.address(), 5)).isEqualTo(7);
            assertThat(call(none.address(), 5)).isEqualTo(5);

            assertCalled(type, calls, two, none);
        }
    }

    private static void assertCalled(CallInterface type, List<CalledClosure> calls, Closure<?>... closures) {
        assertThat(calls).extracting(CalledClosure::address)
                .containsExactly(closures[0].address(), closures[1].address());
        assertThat(calls).extracting(CalledClosure::label).containsExactly(Optional.of("ab"), Optional.empty());
        assertThat(calls).extracting(CalledClosure::callInterface).containsOnly(type);
        assertThat(calls.getFirst().toString()).contains("\"ab\"").contains(type.toString());
    }
}
