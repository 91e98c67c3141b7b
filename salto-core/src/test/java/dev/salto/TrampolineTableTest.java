// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

/** Trampolines by the table, whose words the owner writes. */
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
}
