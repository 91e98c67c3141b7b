// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Garbage;
import dev.salto.Salto;
import dev.salto.Trampoline;
import dev.salto.TrampolineTable;
import dev.salto.internal.os.Memory;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import dev.salto.internal.text.TextIndex;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that had passed a trampoline when its table was retired: they are in an entry of that table, which reads the table's header. */
final class RetiredTableTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final int TABLES = 4;

    /** More than make a data-driven function hot. */
    private static final int CALLS = 10_000;

    interface Late extends IntBinaryOperator {}

    private final TextIndex index;

    RetiredTableTest() throws TextImageException {
        index = TextImage.get().index();
    }

    /** Where a closure's trampoline jumps, and with what in the scratch register. */
    private record Jump(int id, long entry) {
        /** The rest of the call. */
        int go(int argument) {
            try (Trampoline trampoline = Trampoline.allocate()) {
                trampoline.set(MemorySegment.ofAddress(entry), MemorySegment.ofAddress(id));
                return Callers.callRepeatedly(trampoline.address(), 1, argument);
            }
        }
    }

    private Jump jumpOf(MemorySegment function) {
        int id = Tables.find(function.address());
        long block = (long) Tables.slot(id) * index.blockSize();
        return new Jump(id, (long) Memory.WORD.get(Tables.table(id).blocks(), block + index.blockEntry()));
    }

    private static List<Closure<?>> fillTables(Supplier<Closure<?>> next) {
        List<Closure<?>> closures = new ArrayList<>();
        for (int i = 0; i < TABLES * TrampolineTable.capacity(); i++) {
            closures.add(next.get());
        }
        return closures;
    }

    /** Not of a first table, which may be shared, nor of a last one, which may stay in hand. */
    private static MemorySegment one(List<Closure<?>> closures) {
        return closures.get(closures.size() / 2).address();
    }

    private static void closeAndAwaitRetirement(List<Closure<?>> closures, int id) throws InterruptedException {
        closures.forEach(Closure::close);
        Garbage.collectUntil("the table is retired", () -> Tables.table(id).isRetired());
    }

    @Test
    void aCallThatIsUnderWayToTheGateReturnsZero() throws InterruptedException {
        ClosureType<Late> type = ClosureType.of(MethodHandles.lookup(), Late.class, BINARY);
        List<Closure<?>> closures = fillTables(() -> type.bind((a, _) -> a + 1));
        Jump jump = jumpOf(one(closures));
        assertThat(jump.go(6)).isEqualTo(7);

        closeAndAwaitRetirement(closures, jump.id());

        assertThatItReturnsZeroAndIsNoticed(jump);
    }

    /** When the first tables were retired, there was no gate. */
    @Test
    @Tag("host")
    void soDoesOneToAGateThatDataDrivenClosuresGotLater() throws InterruptedException {
        CallInterface type = CallInterface.prepare(BINARY);
        CallHandler handler = (_, arguments) -> (int) arguments[0] + 1;
        List<Closure<?>> closures = fillTables(() -> type.bind(handler));
        MemorySegment function = one(closures);
        closeAndAwaitRetirement(closures, jumpOf(function).id());

        closures = fillTables(() -> type.bind(handler));
        MemorySegment hot = one(closures);
        long dataDriven = jumpOf(hot).entry();
        Garbage.collectUntil("there is a gate", () -> {
            assertThat(Callers.callRepeatedly(hot, CALLS, 6)).isEqualTo(6 + CALLS);
            return jumpOf(hot).entry() != dataDriven;
        });
        Jump jump = jumpOf(hot);
        assertThat(jump.go(6)).isEqualTo(7);
        closeAndAwaitRetirement(closures, jump.id());

        assertThatItReturnsZeroAndIsNoticed(jump);
    }

    private static void assertThatItReturnsZeroAndIsNoticed(Jump jump) {
        long before = Salto.statistics().usesAfterFree();
        assertThat(jump.go(6)).isZero();
        assertThat(Salto.statistics().usesAfterFree()).isEqualTo(before + 1);
    }
}
