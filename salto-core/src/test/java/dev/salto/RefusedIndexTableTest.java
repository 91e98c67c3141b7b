// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.internal.os.FailingCalls;
import dev.salto.internal.os.FailingCalls.Call;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextIndex.CodeByIndex;
import dev.salto.text.callers.ProcessMaps;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The system refuses a table by index, or a change of its header. Nothing remains, and the next
 * attempt succeeds.
 */
@Tag("port")
@Tag("host") // the same code on every architecture
final class RefusedIndexTableTest {
    private static final CodeByIndex CODE = TableByIndex.code();

    /** The calls that make a table: memory for it, which is made read-only, and its code. */
    static Stream<Arguments> failures() {
        return Stream.of(Call.MMAP, Call.MPROTECT, Call.MREMAP).flatMap(call -> each(call, 1));
    }

    private static Stream<Arguments> each(Call call, int calls) {
        return call.errors().mapToObj(errno -> Arguments.of(call, calls, errno));
    }

    static IntStream errorsOfProtection() {
        return Call.MPROTECT.errors();
    }

    @ParameterizedTest(name = "{0} fails with errno {2}")
    @MethodSource("failures")
    void nothingRemainsOfATableThatIsRefused(Call call, int calls, int errno) throws Exception {
        for (int before = 0; before <= calls; before++) {
            try (FailingCalls failing = FailingCalls.once(call, before, errno)) {
                if (before < calls) {
                    assertThatThrownBy(RefusedIndexTableTest::map).isInstanceOf(OsException.class)
                            .hasMessageContainingAll(call + " for a test", "errno " + errno)
                            .hasNoSuppressedExceptions();
                    assertThat(failing.mapped()).as("after %d calls", before).isEmpty();
                    assertThat(failing.hasFailed()).isTrue();
                }
                assertIsTable(map());
            }
        }
    }

    @ParameterizedTest(name = "mprotect fails with errno {0}")
    @MethodSource("errorsOfProtection")
    void afterARefusedChangeTheNextOneSucceedsAndLeavesTheHeaderReadOnly(int errno) throws Exception {
        for (int before = 0; before < 2; before++) {
            IndexTableMemory table = map();
            try (FailingCalls failing = FailingCalls.once(Call.MPROTECT, before, errno)) {
                assertThatThrownBy(() -> table.setHeaderWord(CODE.headerGate(), 1)).isInstanceOf(OsException.class);
                assertThat(failing.hasFailed()).isTrue();
                assertThat(Memory.getWord(table.header() + CODE.headerGate())).isEqualTo(before == 0 ? 3 : 1);

                table.setHeaderWord(CODE.headerGate(), 4);

                assertThat(Memory.getWord(table.header() + CODE.headerGate())).isEqualTo(4);
                assertThat(ProcessMaps.read().at(table.header()).permissions()).isEqualTo("r--p");
            }
        }
    }

    static IntStream errorsOfDuplicating() {
        return Call.MREMAP.errors();
    }

    @ParameterizedTest(name = "mremap fails with errno {0}")
    @MethodSource("errorsOfDuplicating")
    void ofTablesThatAreMappedTogetherThoseBeforeARefusalRemain(int errno) throws Exception {
        long[][] headers = {header(), header(), header()};
        for (int before = 1; before <= headers.length; before++) {
            try (FailingCalls failing = FailingCalls.once(Call.MREMAP, before, errno)) {
                List<IndexTableMemory> tables = TableByIndex.image().mapIndexTables(headers);

                assertThat(tables).as("after %d calls", before).hasSize(before);
                tables.forEach(RefusedIndexTableTest::assertIsTable);
                assertThat(failing.mappedSize())
                        .isEqualTo(tables.stream().mapToLong(table -> table.codeSize() + table.headerSize()).sum());
            }
        }
    }

    private static IndexTableMemory map() throws OsException {
        return TableByIndex.image().mapIndexTable(header());
    }

    private static long[] header() {
        return CODE.header(CODE.entry("append_gp2"), 2, 3, 4, 5);
    }

    private static void assertIsTable(IndexTableMemory table) {
        ProcessMaps maps = ProcessMaps.read();
        assertThat(maps.at(table.code()).permissions()).isEqualTo("r-xs");
        assertThat(maps.at(table.header()).permissions()).isEqualTo("r--p");
        assertThat(Memory.getWord(table.header() + CODE.headerEntry()))
                .isEqualTo(table.code() + CODE.entry("append_gp2"));
        assertThat(Memory.getWord(table.header() + CODE.headerBase())).isEqualTo(2 + CODE.bias());
        assertThat(Memory.getWord(table.header() + CODE.headerGate())).isEqualTo(3);
        assertThat(Memory.getWord(table.header() + CODE.headerStackSize())).isEqualTo(4);
        assertThat(Memory.getWord(table.header() + CODE.headerUniversal())).isEqualTo(5);
    }
}
