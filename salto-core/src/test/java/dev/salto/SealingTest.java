// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sealed closures keep their objects, and no memory that closures read can be written. */
@Tag("port")
final class SealingTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** Interfaces of their own, so that no other test shares the tables. */
    interface Sealed extends IntBinaryOperator {}

    interface SealedLater extends IntBinaryOperator {}

    interface SealedForGood extends IntBinaryOperator {}

    interface ReadOnly extends IntBinaryOperator {}

    /** So many closures have a table of their own. */
    private static final int BUSY = 100;

    /**
     * The permissions of the parameter table of a trampoline: that of the mapping behind its code.
     */
    private static String parametersOf(MemorySegment function) {
        return parametersOf(function, ProcessMaps.read());
    }

    private static String parametersOf(MemorySegment function, ProcessMaps maps) {
        ProcessMaps.Mapping code = maps.at(function.address());
        return maps.at(code.end()).permissions();
    }

    private static int call(MemorySegment function) {
        return Callers.callRepeatedly(function, 1, 6);
    }

    @Test
    void nobodyCanRebindASealedClosure() {
        ClosureType<Sealed> type = ClosureType.of(MethodHandles.lookup(), Sealed.class, BINARY);
        for (int closures : new int[]{1, BUSY}) {
            List<Closure<Sealed>> sealed = new ArrayList<>();
            for (int i = 0; i < closures; i++) {
                sealed.add(type.bind((a, _) -> a + 1));
            }
            long byAddress = type.bindAddress((a, _) -> a + 1);

            type.seal();

            Closure<Sealed> one = sealed.getLast();
            assertThatThrownBy(() -> one.rebind((a, _) -> a + 2)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sealed");
            assertThatThrownBy(() -> type.rebindAddress(byAddress, (a, _) -> a + 2))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("sealed");
            assertThat(call(one.address())).isEqualTo(7);
            MemorySegment pointer = one.address();
            sealed.forEach(Closure::close);
            type.closeAddress(byAddress);
            assertThat(call(pointer)).isZero();
            assertThat(call(MemorySegment.ofAddress(byAddress))).isZero();
            assertThat(Salto.report().sealedTables()).isPositive();
        }
    }

    @Test
    void closuresThatAreMadeAfterSealingCanBeRebound() {
        ClosureType<SealedLater> type = ClosureType.of(MethodHandles.lookup(), SealedLater.class, BINARY);
        List<Closure<SealedLater>> before = new ArrayList<>();
        for (int i = 0; i < BUSY; i++) {
            int own = i;
            before.add(type.bind((_, _) -> own));
        }
        type.seal();

        try (Closure<SealedLater> later = type.bind((a, _) -> a + 3)) {
            assertThat(call(later.address())).isEqualTo(9);
            later.rebind((a, _) -> a + 4);
            assertThat(call(later.address())).isEqualTo(10);
        }
        for (int i = 0; i < before.size(); i++) {
            assertThat(call(before.get(i).address())).isEqualTo(i);
        }
        before.forEach(Closure::close);
    }

    @Test
    void aSealedFunctionPointerIsNotUsedAgain() {
        ClosureType<SealedForGood> type = ClosureType.of(MethodHandles.lookup(), SealedForGood.class, BINARY);
        Set<Long> sealed = new HashSet<>();
        List<Closure<SealedForGood>> closures = new ArrayList<>();
        for (int i = 0; i < BUSY; i++) {
            closures.add(type.bind((_, _) -> 1));
            sealed.add(closures.get(i).address().address());
        }
        type.seal();
        closures.forEach(Closure::close);

        for (int i = 0; i < 20 * BUSY; i++) {
            try (Closure<SealedForGood> later = type.bind((_, _) -> 2)) {
                assertThat(sealed).doesNotContain(later.address().address());
            }
        }
    }

    /** The first closures of a type read blocks; others read the header of their table. */
    @Tag("linux") // on Windows, parameters do not follow the code
    @Test
    void noMemoryThatAClosureReadsCanBeWritten() {
        ClosureType<ReadOnly> type = ClosureType.of(MethodHandles.lookup(), ReadOnly.class, BINARY);
        CallInterface dataDriven = CallInterface.prepare(BINARY);
        List<MemorySegment> functions = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < BUSY; i++) {
                functions.add(type.bind((a, _) -> a, arena));
                functions.add(dataDriven.bindBoxed((_, _) -> 0, arena));
            }
            ProcessMaps maps = ProcessMaps.read();
            assertThat(functions).allSatisfy(function -> assertThat(parametersOf(function, maps)).isEqualTo("r--p"));
        }
    }

    @Tag("linux") // on Windows, parameters do not follow the code
    @Test
    void aSealedTrampolineTableCanOnlyBeRead() {
        TrampolineTable table = TrampolineTable.allocate(3);
        table.targets().set(ADDRESS, table.stride(), Callers.add());
        MemorySegment data = table.data();

        table.seal();
        table.seal();

        assertThat(parametersOf(table.address(1))).startsWith("r--");
        assertThat(Callers.callRepeatedly(table.address(1), 10, 4)).isEqualTo(49);
        assertThat(table.targets().get(ADDRESS, table.stride())).isEqualTo(Callers.add());
        assertThatThrownBy(() -> table.targets().set(ADDRESS, 0, Callers.add()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> data.set(ADDRESS, 0, MemorySegment.NULL)).isInstanceOf(IllegalStateException.class);
        MemorySegment pointer = MemorySegment.ofAddress(table.address(1).address());
        table.close();
        assertThat(Callers.callRepeatedly(pointer, 10, 4)).isEqualTo(49);
        assertThatThrownBy(table::seal).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        try (TrampolineTable other = TrampolineTable.allocate(1)) {
            assertThat(parametersOf(other.address(0))).startsWith("rw-");
        }
    }

    @Test
    @Tag("host")
    void aWriteToWhatClosuresReadEndsTheProcess() throws Exception {
        for (int closures : new int[]{1, BUSY}) {
            ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "Attack",
                    "--enable-native-access=dev.salto,ALL-UNNAMED", "-Dclosures=" + closures,
                    "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null");

            assertThat(child.exitCode()).isNotZero();
            assertThat(child.value("answer")).isEqualTo("7");
            assertThat(child.output()).anyMatch(line -> line.contains("SIGSEGV"))
                    .noneMatch(line -> line.contains("the attack worked"));
        }
    }
}
