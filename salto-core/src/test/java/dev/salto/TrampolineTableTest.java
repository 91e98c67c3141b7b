// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.internal.os.FailingCalls;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trampolines by the table, whose words the owner writes. */
@Tag("port")
final class TrampolineTableTest {
    private static final MethodHandle DATA = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ADDRESS));

    private static long dataAt(MemorySegment function) throws Throwable {
        return ((MemorySegment) DATA.invokeExact(function)).address();
    }

    @Test
    void eachTrampolineFollowsTheWordsOfItsIndex() throws Throwable {
        int count = TrampolineTable.capacity();
        try (TrampolineTable table = TrampolineTable.allocate(count)) {
            for (int i = 0; i < count; i++) {
                table.data().set(ADDRESS, i * table.stride(), MemorySegment.ofAddress(i * 3L));
                table.targets().set(ADDRESS, i * table.stride(), Callers.dataOfThisCall());
            }
            for (int i = 0; i < count; i++) {
                assertThat(dataAt(table.address(i))).isEqualTo(i * 3L);
            }
        }
    }

    @Test
    void thoseThatWereNotSetReturnZero() throws Throwable {
        try (TrampolineTable table = TrampolineTable.allocate(2)) {
            table.targets().set(ADDRESS, table.stride(), Callers.add());

            assertThat(dataAt(table.address(0))).isZero();
            assertThat(Callers.callRepeatedly(table.address(1), 3, 5)).isEqualTo(8);
        }
    }

    @Test
    void aClosedTableIsDeadAndItsSegmentsToo() throws Throwable {
        TrampolineTable table = TrampolineTable.allocate(3);
        table.data().set(ADDRESS, 0, MemorySegment.ofAddress(5));
        table.targets().set(ADDRESS, 0, Callers.dataOfThisCall());
        MemorySegment first = MemorySegment.ofAddress(table.address(0).address());
        assertThat(dataAt(first)).isEqualTo(5);
        table.close();
        table.close();

        assertThat(dataAt(first)).isZero();
        assertThatThrownBy(() -> table.data().set(ADDRESS, 0, MemorySegment.NULL))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.address(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void twoTablesAreApartAndAClosedOneIsUsedAgain() {
        TrampolineTable first = TrampolineTable.allocate(1);
        MemorySegment address = first.address(0);
        try (TrampolineTable second = TrampolineTable.allocate(1)) {
            assertThat(second.address(0).address()).isNotEqualTo(address.address());
        }
        first.close();
        long one = address.address();
        try (TrampolineTable third = TrampolineTable.allocate(1);
                TrampolineTable fourth = TrampolineTable.allocate(1)) {
            assertThat(one).isIn(third.address(0).address(), fourth.address(0).address());
        }
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        int tooMany = TrampolineTable.capacity() + 1;

        assertThatThrownBy(() -> TrampolineTable.allocate(tooMany)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(Integer.toString(tooMany), "allocate more tables");
        assertThatThrownBy(() -> TrampolineTable.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        try (TrampolineTable table = TrampolineTable.allocate(4)) {
            assertThatThrownBy(() -> table.address(4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> table.targets().set(ADDRESS, 4 * table.stride(), MemorySegment.NULL))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        try (TrampolineTable none = TrampolineTable.allocate(0)) {
            assertThat(none.targets().byteSize()).isZero();
        }
    }

    /** A table whose first trampoline adds. */
    private static TrampolineTable adding() {
        TrampolineTable table = TrampolineTable.allocate(1);
        table.targets().set(ADDRESS, 0, Callers.add());
        return table;
    }

    /** The memory that a native call is given cannot be closed meanwhile. */
    private static void whileNativeCodeHas(MemorySegment segment, Runnable action) throws Throwable {
        MethodHandle call = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ADDRESS));
        ClosureType<Callbacks.DestroyNotify> type = ClosureType.of(Callbacks.DestroyNotify.class,
                FunctionDescriptor.ofVoid(ADDRESS));
        try (Closure<Callbacks.DestroyNotify> closure = type.bind(_ -> action.run())) {
            Callbacks.<Integer, Throwable>callAndRethrow(() -> {
                call.invokeExact(closure.address(), segment);
                return 0;
            });
        }
    }

    private static void assertCanBeClosed(TrampolineTable table, MemorySegment pointer) {
        table.close();
        table.close();

        assertThat(Callers.callRepeatedly(pointer, 1, 5)).isZero();
        assertThatThrownBy(() -> table.address(0)).isInstanceOf(IllegalStateException.class);
        try (TrampolineTable other = adding(); TrampolineTable another = adding()) {
            assertThat(Callers.callRepeatedly(other.address(0), 1, 5)).isEqualTo(5);
            assertThat(other.address(0).address()).isNotEqualTo(another.address(0).address());
        }
    }

    @Test
    void aTableThatCouldNotBeClosedWhileNativeCodeHadItsMemoryCanBeClosedLater() throws Throwable {
        for (Function<TrampolineTable, MemorySegment> part : List.<Function<TrampolineTable, MemorySegment>>of(
                TrampolineTable::data, TrampolineTable::targets, table -> table.address(0))) {
            TrampolineTable table = adding();
            MemorySegment pointer = MemorySegment.ofAddress(table.address(0).address());
            whileNativeCodeHas(part.apply(table),
                    () -> assertThatThrownBy(table::close).isInstanceOf(IllegalStateException.class));

            assertThat(Callers.callRepeatedly(pointer, 1, 5)).isEqualTo(5);
            assertCanBeClosed(table, pointer);
        }
    }

    @Test
    void aTableThatCouldNotBeSealedWhileNativeCodeHadItsMemoryIsAsBefore() throws Throwable {
        TrampolineTable table = TrampolineTable.allocate(1);
        whileNativeCodeHas(table.data(),
                () -> assertThatThrownBy(table::seal).isInstanceOf(IllegalStateException.class));
        table.targets().set(ADDRESS, 0, Callers.add());

        table.seal();

        assertThat(Callers.callRepeatedly(table.address(0), 1, 5)).isEqualTo(5);
        assertThatThrownBy(() -> table.targets().set(ADDRESS, 0, Callers.add()))
                .isInstanceOf(IllegalArgumentException.class);
        table.close();
    }

    @ParameterizedTest
    @EnumSource(value = FailingCalls.Call.class, names = {"MPROTECT", "MSEAL"})
    @Tag("host") // the same code on every architecture
    void aTableThatTheSystemRefusedToSealCanBeSealedOrClosedLater(FailingCalls.Call call) {
        for (int errno : call.errors().toArray()) {
            for (boolean isSealedLater : new boolean[]{true, false}) {
                TrampolineTable table = adding();
                MemorySegment pointer = MemorySegment.ofAddress(table.address(0).address());
                try (FailingCalls calls = FailingCalls.always(call, errno)) {
                    assertThatThrownBy(table::seal).isInstanceOf(IllegalStateException.class)
                            .hasMessageContainingAll("cannot be sealed", "errno " + errno, "try again");
                    assertThat(calls.hasFailed()).isTrue();
                    if (call == FailingCalls.Call.MPROTECT) {
                        assertThatThrownBy(table::close).isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("errno " + errno);
                    }
                }
                assertThat(Callers.callRepeatedly(pointer, 1, 5)).isEqualTo(5);
                if (isSealedLater && call != FailingCalls.Call.MPROTECT) {
                    table.seal();
                    table.close();
                    assertThat(Callers.callRepeatedly(pointer, 1, 5)).isEqualTo(5);
                } else {
                    assertCanBeClosed(table, pointer);
                }
            }
        }
    }
}
