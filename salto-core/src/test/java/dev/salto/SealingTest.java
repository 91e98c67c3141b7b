// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables that cannot be written: sealed ones never again, protected ones only while Salto does. */
final class SealingTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** Interfaces of their own, so that no other test shares the tables. */
    interface Sealed extends IntBinaryOperator {}

    interface SealedLater extends IntBinaryOperator {}

    /** The permissions of the parameter table of a trampoline: that of the mapping behind its code. */
    private static String parametersOf(MemorySegment function) {
        ProcessMaps maps = ProcessMaps.read();
        ProcessMaps.Mapping code = maps.at(function.address());
        return maps.at(code.start() + 0x10000).permissions();
    }

    private static int call(MemorySegment function) {
        return Callers.callRepeatedly(function, 1, 6);
    }

    @Test
    void aSealedTypesClosuresGoOnAndCannotBeWritten() {
        ClosureType<Sealed> type = ClosureType.of(MethodHandles.lookup(), Sealed.class, BINARY);
        Closure<Sealed> before = type.bind((a, _) -> a + 1);
        MemorySegment pointer = before.address();
        assertThat(parametersOf(pointer)).startsWith("rw-");

        type.seal();

        assertThat(parametersOf(pointer)).startsWith("r--");
        assertThat(call(pointer)).isEqualTo(7);
        before.rebind((a, _) -> a + 2);
        assertThat(call(pointer)).isEqualTo(8);
        before.close();
        assertThat(call(pointer)).isZero();
        assertThat(Salto.report().sealedTables()).isPositive();
    }

    @Test
    void closuresThatAreMadeAfterSealingGoIntoOtherTables() {
        ClosureType<SealedLater> type = ClosureType.of(MethodHandles.lookup(), SealedLater.class, BINARY);
        List<Closure<SealedLater>> before = new ArrayList<>();
        for (int i = 0; i <= TrampolineTable.capacity(); i++) {
            int own = i;
            before.add(type.bind((_, _) -> own));
        }
        type.seal();

        Closure<SealedLater> later = type.bind((a, _) -> a + 3);

        assertThat(call(later.address())).isEqualTo(9);
        assertThat(parametersOf(later.address())).startsWith("rw-");
        assertThat(parametersOf(before.getFirst().address())).startsWith("r--");
        assertThat(parametersOf(before.getLast().address())).as("those of the second table").startsWith("r--");
        for (int i = 0; i < before.size(); i++) {
            assertThat(call(before.get(i).address())).isEqualTo(i);
        }
        before.forEach(Closure::close);
        later.close();
        type.bind((_, _) -> 1).close();
    }

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
    void protectedTablesAreReadOnlyWheneverSaltoDoesNotChangeThem() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "ProtectedTables",
                "--enable-native-access=dev.salto,ALL-UNNAMED", "-Ddev.salto.tables=protected");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("permissions")).isEqualTo("[r--p]");
        assertThat(child.value("done")).isEqualTo("all answers were right");
    }

    @Test
    @Tag("host")
    void aWriteToAProtectedTableEndsTheProcess() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "ProtectedTables",
                "--enable-native-access=dev.salto,ALL-UNNAMED", "-Ddev.salto.tables=protected", "-Dattack=true",
                "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output()).anyMatch(line -> line.contains("SIGSEGV"))
                .noneMatch(line -> line.contains("the attack worked"));
    }

    @Test
    @Tag("host")
    void aKindOfTablesThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback",
                "--enable-native-access=dev.salto,ALL-UNNAMED", "-Ddev.salto.tables=read-only");

        assertThat(child.value("message")).contains("-Ddev.salto.tables=read-only", "writable", "protected");
    }
}
