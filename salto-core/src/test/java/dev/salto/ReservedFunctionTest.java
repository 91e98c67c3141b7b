// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An address that native code has first, and whose type and handler come later, once. */
@Tag("port")
final class ReservedFunctionTest {
    private static final CallInterface BINARY = CallInterface.parse("int(int, int)");

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    @Test
    void aFunctionGetsItsTypeAfterItsAddress() {
        ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);
        MemorySegment address = function.address();
        long open = open();

        try (Closure<ArgumentHandler> closure = function.bind(BINARY,
                arguments -> arguments.setReturn(arguments.getInt(0) + 1))) {
            assertThat(closure.address()).isEqualTo(address);
            assertThat(call(address, 6)).isEqualTo(7);
            closure.labelled("reserved").rebind(arguments -> arguments.setReturn(arguments.getInt(0) + 2));
            assertThat(call(address, 6)).isEqualTo(8);
            assertThat(open()).isEqualTo(open + 1);
            assertThat(BINARY.openClosures()).extracting(OpenClosures::exampleAddress).contains(address.address());
        }
        assertThat(open()).isEqualTo(open);
        assertThat(call(address, 6)).isZero();
    }

    /** Not those of other types, which a garbage collection may close meanwhile. */
    private static long open() {
        return BINARY.openClosures().stream().mapToLong(OpenClosures::count).sum();
    }

    @Test
    void aFunctionThatIsNotBoundYetReturnsZeroAndIsReported() {
        ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);
        long before = Salto.statistics().usesAfterFree();

        assertThat(call(function.address(), 6)).isZero();
        assertThat(Salto.statistics().usesAfterFree()).isEqualTo(before + 1);
        try (Closure<CallHandler> _ = function.bindBoxed(BINARY, (_, arguments) -> (int) arguments[0] * 2)) {
            assertThat(call(function.address(), 6)).isEqualTo(12);
        }
    }

    @Test
    void manyFunctionsHaveAddressesOfTheirOwn() {
        List<ReservedFunction> functions = new ArrayList<>();
        List<Closure<?>> closures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            functions.add(ReservedFunction.reserve(Abi.NATIVE));
        }
        for (int i = 0; i < 100; i++) {
            int own = i;
            closures.add(functions.get(i).bind(BINARY, arguments -> arguments.setReturn(own)));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(call(functions.get(i).address(), 6)).isEqualTo(i);
        }
        closures.forEach(Closure::close);
    }

    @Test
    void aFunctionIsBoundOnce() {
        ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);
        function.bind(BINARY, arguments -> arguments.setReturn(1)).close();

        assertThatThrownBy(() -> function.bind(BINARY, arguments -> arguments.setReturn(2)))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("was bound before");
    }

    @Test
    void aFunctionHasTheCallingConventionThatWasReserved() {
        for (Abi abi : Abi.values()) {
            if (abi.isSupported() && !abi.convention().entry().equals(Abi.NATIVE.convention().entry())) {
                CallInterface other = CallInterface.prepare(abi, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
                ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);

                assertThatThrownBy(() -> function.bind(other, _ -> {})).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("another calling convention");
                function.bind(BINARY, _ -> {}).close();
            }
        }
    }

    @Test
    void aListSaysWhereAFunctionWasBoundIfThatIsTraced() {
        CallInterface traced = CallInterface.parse("int(int, int)", ClosureOption.traceBinds(true));
        try (Closure<ArgumentHandler> _ = ReservedFunction.reserve(Abi.NATIVE).bind(traced, _ -> {})) {
            assertThat(traced.openClosures()).singleElement()
                    .satisfies(open -> assertThat(open.boundAt().getFirst().getMethodName())
                            .isEqualTo("aListSaysWhereAFunctionWasBoundIfThatIsTraced"));
        }
    }

    @Test
    void aFunctionCannotHaveAGateFromTheStart() {
        ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);
        CallInterface gated = CallInterface.parse("int(int, int)", ClosureOption.tier(Tier.GATE));

        assertThatThrownBy(() -> function.bind(gated, _ -> {})).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gate");
        function.bind(BINARY, _ -> {}).close();
    }

    /** A type with an option of its own shares its calls with no other test. */
    @Test
    void aFunctionIsLedToTheGateOfAHotType() throws Throwable {
        Assumptions.assumeFalse(JdkFaults.attachesForEachCall(), "the JDK has no linker here that makes faster gates");
        CallInterface hot = CallInterface.parse("int(int, int)", ClosureOption.onUseAfterFree(_ -> {}));
        ReservedFunction early = ReservedFunction.reserve(Abi.NATIVE);
        ReservedFunction late = ReservedFunction.reserve(Abi.NATIVE);
        try (Closure<CallHandler> first = early.bindBoxed(hot, (_, arguments) -> (int) arguments[0] + 1)) {
            assertThat(first.tier()).isEqualTo(Tier.DATA_DRIVEN);
            MemorySegment function = first.address();
            Gates.callUntil(() -> first.tier() == Tier.GATE, () -> assertThat(call(function, 41)).isEqualTo(42));
            try (Closure<CallHandler> second = late.bindBoxed(hot, (_, arguments) -> (int) arguments[0] + 2)) {
                assertThat(call(first.address(), 5)).isEqualTo(6);
                assertThat(call(second.address(), 5)).isEqualTo(7);
            }
        }
    }
}
