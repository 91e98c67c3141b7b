// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.Trampoline;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A trampoline that hands data to a native function: {@code qsort} sorts a table by any column. Its
 * comparator is C code, and has no parameter for the column. No Java runs while it sorts.
 */
public final class DataExample implements AutoCloseable {
    private static final MethodHandle QSORT = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("qsort"),
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    private final Arena arena = Arena.ofShared();
    private final Trampoline comparator = Trampoline.allocate();

    /**
     * Makes a comparator, {@code int (*)(const void *a, const void *b)}.
     *
     * @param column the column whose numbers it compares
     * @param isAscending whether the smallest number comes first
     */
    public DataExample(int column, boolean isAscending) {
        // struct column { long long index; long long direction; };
        MemorySegment data = arena.allocateFrom(JAVA_LONG, column, isAscending ? 1 : -1);
        comparator.set(Targets.address("compare_by_column"), data);
    }

    /** {@return the rows in this comparator's order} */
    public List<long[]> sorted(List<long[]> rows, int columns) {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment table = memory.allocateFrom(JAVA_LONG, rows.stream().flatMapToLong(Arrays::stream).toArray());
            long rowSize = columns * JAVA_LONG.byteSize();
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                QSORT.invokeExact(table, (long) rows.size(), rowSize, comparator.address());
            });
            return IntStream.range(0, rows.size())
                    .mapToObj(row -> table.asSlice(row * rowSize, rowSize).toArray(JAVA_LONG)).toList();
        }
    }

    @Override
    public void close() {
        comparator.close();
        arena.close();
    }

    /** Sorts one table by each of its columns. */
    public static void main(String[] arguments) {
        List<long[]> rows = List.of(new long[]{3, 20}, new long[]{1, 30}, new long[]{2, 10});
        try (DataExample byFirst = new DataExample(0, true); DataExample bySecond = new DataExample(1, false)) {
            System.out.println("by the first column, ascending:");
            byFirst.sorted(rows, 2).forEach(row -> System.out.println("  " + Arrays.toString(row)));
            System.out.println("by the second column, descending:");
            bySecond.sorted(rows, 2).forEach(row -> System.out.println("  " + Arrays.toString(row)));
        }
    }
}
