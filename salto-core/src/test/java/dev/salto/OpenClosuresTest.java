// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Closures that were forgotten are found, and their labels say what they are for. */
final class OpenClosuresTest {
    interface Listed {
        int answer(int number);
    }

    interface Forgotten {
        int answer(int number);
    }

    interface InTables {
        int answer(int number);
    }

    interface Reused {
        int answer(int number);
    }

    interface Traced {
        int answer(int number);
    }

    interface Closed {
        int answer(int number);
    }

    private static <T> ClosureType<T> type(Class<T> functionalInterface) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface);
    }

    @Test
    void openClosuresAreListedByTypeAndLabel() {
        ClosureType<Listed> type = type(Listed.class);
        try (Arena arena = Arena.ofConfined()) {
            List<Closure<Listed>> closures = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                closures.add(type.bind(number -> number).labelled("three"));
            }
            MemorySegment inArena = type.bind(number -> number, arena, "of the arena");
            long address = type.bindAddress(number -> number);
            type.bind(number -> number, arena);

            List<OpenClosures> open = type.openClosures();

            assertThat(open).extracting(OpenClosures::count).containsExactly(3L, 2L, 1L);
            assertThat(open).extracting(OpenClosures::label)
                    .containsExactly(Optional.of("three"), Optional.empty(), Optional.of("of the arena"));
            assertThat(open).allSatisfy(each -> assertThat(each.type()).contains("Listed"));
            assertThat(open.get(2).exampleAddress()).isEqualTo(inArena.address());
            assertThat(Salto.openClosures()).extracting(OpenClosures::toString)
                    .contains(open.stream().map(OpenClosures::toString).toArray(String[]::new));

            closures.forEach(Closure::close);
            type.closeAddress(address);
            assertThat(type.openClosures()).extracting(OpenClosures::count).containsExactly(1L, 1L);
        }
        assertThat(type.openClosures()).isEmpty();
    }

    @Test
    void aTestRequiresThatAllAreClosed() {
        ClosureType<Forgotten> type = type(Forgotten.class);
        assertThatCode(type::requireNoneOpen).doesNotThrowAnyException();

        try (Closure<Forgotten> _ = type.bind(number -> number).labelled("forgotten")) {
            assertThatThrownBy(type::requireNoneOpen).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open closures: 1;").hasMessageContaining("Forgotten")
                    .hasMessageContaining("labelled \"forgotten\"");
            assertThatThrownBy(Salto::requireNoneOpen).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open closures: ");
            assertThat(Salto.openClosures()).extracting(OpenClosures::label).contains(Optional.of("forgotten"));
        }
        assertThatCode(type::requireNoneOpen).doesNotThrowAnyException();
    }

    @Test
    void aMessageHasTheLargestListsAndTheNumberOfTheOthers() {
        ClosureType<Forgotten> type = type(Forgotten.class);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 13; i++) {
                type.bind(number -> number, arena, "label " + i);
            }
            type.bind(number -> number, arena, "label 0");

            assertThatThrownBy(type::requireNoneOpen).hasMessageContaining("open closures: 14;")
                    .hasMessageContaining("2 of ").hasMessageContaining("labelled \"label 0\"")
                    .hasMessageEndingWith("and 3 more of these lists");
        }
    }

    @Test
    void closuresInTablesOfTheirOwnAreListed() {
        ClosureType<InTables> type = type(InTables.class);
        int count = Amounts.moreThanATable(10_000);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < count; i++) {
                type.bind(number -> number, arena);
            }
            assertThat(type.openClosures()).extracting(OpenClosures::count).containsExactly((long) count);
        }
        assertThat(type.openClosures()).isEmpty();
    }

    @Test
    void theClosuresOfACallInterfaceAreListed() {
        CallInterface type = CallInterface.parse("int8_t(int16_t, pointer)");
        try (Closure<ArgumentHandler> _ = type.bind(_ -> {}).labelled("direct");
                Closure<CallHandler> _ = type.bindBoxed((_, _) -> (byte) 0).labelled("boxed")) {
            assertThat(type.openClosures()).extracting(OpenClosures::label)
                    .containsExactly(Optional.of("boxed"), Optional.of("direct"));
            assertThatThrownBy(type::requireNoneOpen).hasMessageContaining("open closures: 2;");
        }
        assertThat(type.openClosures()).isEmpty();
    }

    @Test
    void aLabelIsKeptWhenTheClosureIsBoundToAnotherObject() {
        try (Closure<Listed> closure = type(Listed.class).bind(number -> number)) {
            assertThat(closure.label()).isEmpty();
            assertThat(closure.labelled("first").labelled("second")).isSameAs(closure);
            closure.rebind(number -> number + 1);

            assertThat(closure.label()).contains("second");
            assertThat(closure.toString()).contains("\"second\"");
        }
    }

    @Test
    void aClosedClosureHasNoLabelAndTakesNone() {
        Closure<Closed> closure = type(Closed.class).bind(number -> number).labelled("closed");
        closure.close();

        assertThat(closure.label()).isEmpty();
        assertThatThrownBy(() -> closure.labelled("again")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListSaysWhereClosuresWereBoundIfThatIsTraced() {
        ClosureType<Traced> type = ClosureType.of(MethodHandles.lookup(), Traced.class,
                ClosureOption.traceBinds(true));
        try (Arena arena = Arena.ofConfined()) {
            int count = 200;
            for (int i = 0; i < count; i++) {
                type.bind(number -> number, arena);
            }
            try (Closure<Traced> _ = elsewhere(type)) {
                List<OpenClosures> open = type.openClosures();

                assertThat(open).extracting(OpenClosures::count).containsExactly((long) count, 1L);
                assertThat(open.get(0).boundAt().getFirst().getMethodName())
                        .isEqualTo("aListSaysWhereClosuresWereBoundIfThatIsTraced");
                assertThat(open.get(1).boundAt().getFirst().getMethodName()).isEqualTo("elsewhere");
                assertThatThrownBy(type::requireNoneOpen)
                        .hasMessageContaining("OpenClosuresTest.elsewhere(");
            }
        }
        assertThat(type.openClosures()).isEmpty();
    }

    private static Closure<Traced> elsewhere(ClosureType<Traced> type) {
        return type.bind(number -> number + 1);
    }

    @Test
    void aListDoesNotSayWhereClosuresWereBoundOtherwise() {
        ClosureType<Traced> type = type(Traced.class);
        try (Closure<Traced> _ = type.bind(number -> number)) {
            assertThat(type.openClosures()).singleElement().satisfies(each -> assertThat(each.boundAt()).isEmpty());
        }
    }

    @Test
    void aCallOfAClosedClosureHasItsLabel() {
        List<UseAfterFree> seen = new ArrayList<>();
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class,
                ClosureOption.onUseAfterFree(seen::add));
        Closure<IntBinaryOperator> closure = type.bind((a, b) -> a).labelled("closed too early");
        MemorySegment function = closure.address();
        closure.close();

        assertThat(Callers.callRepeatedly(function, 1, 5)).isZero();

        assertThat(seen).singleElement().satisfies(call -> {
            assertThat(call.label()).contains("closed too early");
            assertThat(call.toString()).contains("\"closed too early\"");
        });
    }

    /** The first slots of a type are not used again, so they are taken before. */
    @Test
    void theNextClosureOfAnAddressDoesNotInheritItsLabel() {
        ClosureType<Reused> type = type(Reused.class);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 64; i++) {
                type.bind(number -> number, arena);
            }
            Closure<Reused> before = type.bind(number -> number).labelled("before");
            long address = before.address().address();
            before.close();
            boolean isReused = false;
            for (int i = 0; i < 100_000 && !isReused; i++) {
                try (Closure<Reused> next = type.bind(number -> number)) {
                    isReused = next.address().address() == address;
                    assertThat(isReused ? next.label() : Optional.empty()).isEmpty();
                }
            }
            assertThat(isReused).isTrue();
        }
    }
}
