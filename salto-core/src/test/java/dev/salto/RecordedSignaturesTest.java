// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.CSignaturesTest.CCaller;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.GroupLayout;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded calls that compiled C makes, of every type that {@link CSignaturesTest} has. */
@Tag("port")
@Tag("linux") // on Windows, calls cannot be recorded
final class RecordedSignaturesTest {
    /** The largest arguments are three structs of 128 bytes. */
    private static final int BYTES_PER_CALL = 600;

    private static final String NOT_RECORDED = "caller's memory";

    static Stream<Arguments> everyCallerAtEachLevel() {
        return CSignaturesTest.callers("recorded")
                .flatMap(caller -> Sample.oneOf(SignatureCallers.atEachLevel(), caller.name()).stream()
                        .map(level -> Arguments.of(caller, level)));
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("everyCallerAtEachLevel")
    void aRecordHasWhatCPassesAndCGetsTheFixedResult(CCaller caller, SignatureCallers level) {
        JdkFaults.ofCFunction(caller.name(), caller.function(), UpcallLinker.DATA_DRIVEN)
                .ifPresent(Assumptions::abort);
        Sample.compared();
        CallInterface type = CallInterface.prepare(caller.function());
        RecordingOption[] options = caller.result().stream().map(RecordingOption::returning)
                .toArray(RecordingOption[]::new);
        try (CallQueue queue = CallQueue.create(2, BYTES_PER_CALL)) {
            RecordedClosure closure;
            try {
                closure = queue.bind(type, options);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining(NOT_RECORDED);
                assertThat(caller.function().returnLayout()).get().isInstanceOf(GroupLayout.class);
                return;
            }
            // Twice round the ring
            for (int i = 0; i < 5; i++) {
                CSignaturesTest.callAndCheckResult(caller, level, "recording", closure.address());
                RecordedCall call = CallQueueTest.next(queue);
                Object[] seen = IntStream.range(0, call.arguments().count()).mapToObj(call.arguments()::get).toArray();
                assertThat(Values.bits(caller.function().argumentLayouts(), seen)).as("what the record has").isEqualTo(
                        Values.bits(caller.function().argumentLayouts(), caller.arguments().toArray()));
            }
            assertThat(queue.lost()).isZero();
        }
    }

    static Stream<CCaller> everyCallerWithoutAResult() {
        return Sample.most(CSignaturesTest.everyCaller()
                .filter(caller -> caller.function().returnLayout().isEmpty()).toList(), "without a result").stream();
    }

    @ParameterizedTest
    @MethodSource("everyCallerWithoutAResult")
    void aFunctionWithoutAResultHasNoneToSet(CCaller caller) {
        try (CallQueue queue = CallQueue.create(2);
                RecordedClosure closure = queue.bind(CallInterface.prepare(caller.function()))) {
            CSignaturesTest.callAndCheckResult(caller, SignatureCallers.atEachLevel().getFirst(), "recording",
                    closure.address());
            RecordedCall call = CallQueueTest.next(queue);
            assertThatThrownBy(() -> call.arguments().setReturn(1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the result is nothing");
        }
    }
}
