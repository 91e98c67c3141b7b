// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** The checks of native threads' calls, with callbacks that do wrong on purpose. */
final class NativeCallersTest {
    private static final ClosureType<IntBinaryOperator> TYPE = ClosureType.of(IntBinaryOperator.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final Ledger ledger = new Ledger();
    private final NativeCallers callers = new NativeCallers(1, 10);

    private long run(IntBinaryOperator callback) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment functions = arena.allocate(ADDRESS);
            functions.set(ADDRESS, 0, TYPE.bind(callback, arena));
            return callers.run(functions, () -> {}, ledger);
        }
    }

    @Test
    void callsThatAreRightAreAllFound() {
        long missing = run((thread, call) -> {
            callers.called(thread, 0, call, call, 5);
            return 5;
        });

        assertThat(missing).isZero();
        assertThat(ledger.descriptions()).isEmpty();
        assertThat(ledger.count(Work.CALL)).isEqualTo(30);
    }

    @Test
    void aWrongResultIsFound() {
        run((thread, call) -> {
            callers.called(thread, 0, call, 1, 5);
            return call == 3 ? 6 : 5;
        });

        assertThat(ledger.descriptions()).hasSize(3).allMatch(text -> text.contains("got 51"));
    }

    @Test
    void aCallOfAnotherPointersCallbackIsFound() {
        NativeCallers two = new NativeCallers(2, 10);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment functions = arena.allocate(ADDRESS, 2);
            MemorySegment first = TYPE.bind((thread, call) -> {
                two.called(thread, 0, call, 1, 1);
                return 1;
            }, arena);
            functions.setAtIndex(ADDRESS, 0, first);
            functions.setAtIndex(ADDRESS, 1, first);
            two.run(functions, () -> {}, ledger);
        }
        assertThat(ledger.descriptions()).hasSize(3).allMatch(text -> text.startsWith("5 calls"));
    }

    @Test
    void anOldObjectAfterANewOneIsFound() {
        run((thread, call) -> {
            callers.called(thread, 0, call, call == 7 ? 1 : 2, 0);
            return 0;
        });

        assertThat(ledger.descriptions()).hasSize(3).allMatch(text -> text.contains("after a later one"));
    }

    @Test
    void callsThatReachNothingAreCounted() {
        long missing = run((thread, call) -> {
            if (call != 2) {
                callers.called(thread, 0, call, 1, 1);
            }
            return call == 2 ? 0 : 1;
        });

        assertThat(missing).isEqualTo(3);
    }
}
