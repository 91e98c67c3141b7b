// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.salto.internal.os.FailingCalls;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The system refuses one more table. All closures work, nothing is lost, and the next attempt
 * succeeds.
 */
@Tag("port")
@Tag("host") // the same code on every architecture
final class RefusedGrowthTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** More than there can be at hand of those that closed closures left. */
    private static final int MOST_TABLES = 400;

    /** An interface of its own, so that no other test shares its tables. */
    interface Growing extends IntBinaryOperator {}

    static Stream<Arguments> failures() {
        return Stream.of(FailingCalls.Call.MMAP, FailingCalls.Call.MREMAP, FailingCalls.Call.MPROTECT)
                .flatMap(call -> call.errors().mapToObj(errno -> Arguments.of(call, errno)));
    }

    @ParameterizedTest(name = "{0} fails with errno {1}")
    @MethodSource("failures")
    void aTableThatIsRefusedCostsNothing(FailingCalls.Call call, int errno) {
        ClosureType<Growing> type = ClosureType.of(MethodHandles.lookup(), Growing.class, BINARY);
        List<Closure<Growing>> closures = new ArrayList<>();
        try (FailingCalls calls = FailingCalls.always(call, errno)) {
            assertThatThrownBy(() -> {
                for (int i = 0; i <= MOST_TABLES * TrampolineTable.capacity(); i++) {
                    int own = i;
                    closures.add(type.bind((a, _) -> a + own));
                }
            }).isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("no room for one more table", call + " for a test", "errno " + errno);
            assertThat(calls.hasFailed()).isTrue();
            Set<Long> mapped = Set.copyOf(calls.mapped());
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> type.bind((a, _) -> a)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(calls.mapped()).as("memory that is mapped, after more refusals").isEqualTo(mapped);
        }
        int refused = closures.size();
        for (int i = 0; i < 3 * TrampolineTable.capacity(); i++) {
            int own = refused + i;
            closures.add(type.bind((a, _) -> a + own));
        }
        for (int i = 0; i < closures.size(); i++) {
            assertThat(Callers.callRepeatedly(closures.get(i).address(), 1, 1)).isEqualTo(1 + i);
        }
        closures.forEach(Closure::close);
    }

    /**
     * The calls that let the blocks and the call records of a row be written, and forbid it again.
     */
    private static final int PROTECTIONS = 4;

    static Stream<Arguments> protections() {
        return IntStream.range(0, PROTECTIONS).boxed().flatMap(before -> FailingCalls.Call.MPROTECT.errors()
                .mapToObj(errno -> Arguments.of(before, errno)));
    }

    /**
     * Types that stay reachable, so that later ones get no row that was theirs, which is written
     * already.
     */
    private static final List<ClosureType<Growing>> KEPT = new ArrayList<>();

    /** The first closures of a type are in a table that types share. */
    @ParameterizedTest(name = "mprotect fails after {0} calls with errno {1}")
    @MethodSource("protections")
    void aRowThatIsRefusedCostsNothing(int before, int errno) {
        ClosureType<Growing> origin = ClosureType.of(MethodHandles.lookup(), Growing.class, BINARY);
        try (Closure<Growing> neighbour = origin.bind((a, _) -> a + 1)) {
            // A type with a handler shares no slots with another.
            ClosureType<Growing> type = ClosureType.of(MethodHandles.lookup(), Growing.class, BINARY,
                    ClosureOption.onException(ExceptionPolicy.handleBy(_ -> 0)));
            KEPT.add(type);
            long tables = Salto.statistics().tables();
            try (FailingCalls calls = FailingCalls.once(FailingCalls.Call.MPROTECT, before, errno)) {
                Throwable refusal = catchThrowable(() -> type.bind((a, _) -> a));
                if (Salto.statistics().tables() > tables) {
                    // The first row of a new table has further calls; the next one has not.
                    aRowThatIsRefusedCostsNothing(before, errno);
                    return;
                }
                assertThat(refusal).isInstanceOf(IllegalStateException.class).hasMessageContaining("errno " + errno);
                assertThat(calls.hasFailed()).isTrue();
                try (Closure<Growing> closure = type.bind((a, _) -> a + 2)) {
                    assertThat(Callers.callRepeatedly(closure.address(), 1, 1)).isEqualTo(3);
                    assertThat(Callers.callRepeatedly(neighbour.address(), 1, 1)).isEqualTo(2);
                    ProcessMaps maps = ProcessMaps.read();
                    assertThat(maps.at(maps.at(closure.address().address()).end()).permissions())
                            .isEqualTo("r--p");
                }
            }
        }
    }
}
