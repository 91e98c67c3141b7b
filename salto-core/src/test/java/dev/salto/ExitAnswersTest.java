// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.table.ExitCode;
import dev.salto.internal.table.SlotIds;
import dev.salto.internal.text.TextIndex;
import dev.salto.text.callers.ExitCallers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The native code that answers when the process ends, called before that. */
@Tag("port")
@Tag("linux") // on Windows, the image has no function for the end of the process
final class ExitAnswersTest {
    private static final ExitClosures CLOSURES = new ExitClosures();
    private static final int WORDS = 12;
    private static final int FIRST = 2;
    private static final int STEP = 3;
    private static final int COUNT = 3;
    private static final long OLD = 5;
    private static final long NEW = 0x1234_5678;

    @Test
    void tablesByIndexReturnTheFallbackValueOfEachKind() {
        assertAnswers(closure -> TableByIndex.answeringAtExit(closure, Abi.NATIVE));
    }

    @Test
    void trampolinesWithCallRecordsReturnTheFallbackValueOfEachKind() {
        TextIndex index = TableByIndex.image().index();
        MemorySegment entry = MemorySegment.ofAddress(ExitCode.entry("exit_bound"));
        assertAnswers(closure -> {
            MemorySegment record = Arena.global().allocate(index.callSize(), ADDRESS.byteSize());
            Memory.setWord(record.address() + index.callArgument(), SlotIds.of(closure));
            return Trampoline.allocate().set(entry, record).address();
        });
    }

    private static void assertAnswers(UnaryOperator<MemorySegment> atExit) {
        List<MemorySegment[]> functions = CLOSURES.functions().stream()
                .map(own -> Arrays.stream(own)
                        .map(function -> function.address() == 0 ? function : atExit.apply(function))
                        .toArray(MemorySegment[]::new))
                .toList();

        int wrong = new ExitCallers(functions, CLOSURES.atEnd().stream().mapToInt(Integer::intValue).toArray())
                .firstWrong();

        int types = ExitCallers.TYPES.size();
        assertThat(wrong < 0
                ? "all are right"
                : CLOSURES.names().get(wrong / types) + ": " + ExitCallers.TYPES.get(wrong % types))
                .isEqualTo("all are right");
    }

    @Test
    void theExitFunctionMakesItsChangesAndLeavesThePagesReadOnly() throws Throwable {
        TextIndex index = TableByIndex.image().index();
        Os os = Os.current();
        MemoryRange pages = os.map(os.pageSize());
        for (int i = 0; i < WORDS; i++) {
            Memory.setWord(word(pages, i), OLD);
        }
        os.forbidWriting(pages);
        try (Arena arena = Arena.ofConfined()) {
            long state = arena.allocate(index.exit("directory"), ADDRESS.byteSize()).address();
            long list = arena.allocate(index.exit("list_changes") + index.exit("change_size"), ADDRESS.byteSize())
                    .address();
            Memory.setWord(list + index.exit("list_state"), state);
            Memory.setWord(list + index.exit("list_count"), 1);
            long change = list + index.exit("list_changes");
            Memory.setWord(change + index.exit("change_pages"), pages.address());
            Memory.setWord(change + index.exit("change_pages_size"), pages.size());
            Memory.setWord(change + index.exit("change_first"), word(pages, FIRST));
            Memory.setWord(change + index.exit("change_step"), (long) STEP * Memory.WORD_SIZE);
            Memory.setWord(change + index.exit("change_count"), COUNT);
            Memory.setWord(change + index.exit("change_value"), NEW);
            MethodHandle atExit = Linker.nativeLinker().downcallHandle(
                    MemorySegment.ofAddress(ExitCode.entry("at_exit")), FunctionDescriptor.ofVoid(ADDRESS));

            atExit.invokeExact(MemorySegment.ofAddress(list));

            assertThat(Memory.getWord(state + index.exit("ending"))).isEqualTo(1);
        }
        for (int i = 0; i < WORDS; i++) {
            boolean isChanged = i >= FIRST && i < FIRST + STEP * COUNT && (i - FIRST) % STEP == 0;
            assertThat(Memory.getWord(word(pages, i))).as("word %d", i).isEqualTo(isChanged ? NEW : OLD);
        }
        assertThat(ProcessMaps.read().at(pages.address()).permissions()).isEqualTo("r--p");
        os.unmap(pages);
    }

    private static long word(MemoryRange pages, int index) {
        return pages.address() + (long) index * Memory.WORD_SIZE;
    }
}
