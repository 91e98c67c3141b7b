// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;

/** The C library sorts by a Java comparator, and walks through folders with a Java visitor. */
public final class LibcExample {
    private static final int FTW_PHYS = 1;
    private static final int OPEN_FOLDERS = 16;

    /** Compares two numbers, as {@link java.util.Comparator} compares objects. */
    public interface LongComparator {
        /** {@return a negative number, zero or a positive one} */
        int compare(long a, long b);
    }

    /** Hears of the files in a folder. */
    public interface Visitor {
        /** A file or a folder. An exception ends the walk and leaves {@link #walk}. */
        void visit(Path path, int depth) throws IOException;
    }

    // The callbacks of qsort and nftw.

    interface Comparison {
        int compare(MemorySegment a, MemorySegment b);
    }

    interface WalkFunction {
        int visit(MemorySegment path, MemorySegment status, int type, MemorySegment place) throws IOException;
    }

    // With descriptors, so that pointers have a size, and Java may read what they point to.

    private static final AddressLayout LONG_POINTER = ADDRESS.withTargetLayout(JAVA_LONG);
    private static final ClosureType<Comparison> COMPARISON = ClosureType.of(MethodHandles.lookup(),
            Comparison.class, FunctionDescriptor.of(JAVA_INT, LONG_POINTER, LONG_POINTER));

    private static final AddressLayout STRING = ADDRESS
            .withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));
    /** {@code struct FTW}. */
    private static final MemoryLayout PLACE = MemoryLayout.structLayout(JAVA_INT.withName("base"),
            JAVA_INT.withName("level"));
    private static final long LEVEL = PLACE.byteOffset(MemoryLayout.PathElement.groupElement("level"));
    /** nftw ends when the function returns another number than 0. So it ends after an exception. */
    private static final ClosureType<WalkFunction> WALK_FUNCTION = ClosureType.of(MethodHandles.lookup(),
            WalkFunction.class,
            FunctionDescriptor.of(JAVA_INT, STRING, ADDRESS, JAVA_INT, ADDRESS.withTargetLayout(PLACE)),
            ClosureOption.onException(ExceptionPolicy.returnValue(-1)));

    private static final MethodHandle QSORT = link("qsort",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
    private static final MethodHandle NFTW = link("nftw",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));

    private LibcExample() {}

    /** Returns the numbers in an order. An exception of the comparator leaves this method. */
    public static long[] sorted(LongComparator order, long... numbers) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocateFrom(JAVA_LONG, numbers);
            MemorySegment comparison = COMPARISON
                    .bind((a, b) -> order.compare(a.get(JAVA_LONG, 0), b.get(JAVA_LONG, 0)), arena);
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                QSORT.invokeExact(array, (long) numbers.length, JAVA_LONG.byteSize(), comparison);
            });
            return array.toArray(JAVA_LONG);
        }
    }

    /** Walks through a folder and all folders below it, without following links. */
    public static void walk(Path folder, Visitor visitor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = WALK_FUNCTION.bind((path, _, _, place) -> {
                visitor.visit(Path.of(path.getString(0)), place.get(JAVA_INT, LEVEL));
                return 0;
            }, arena, "walk of " + folder);
            int result = Callbacks.callAndRethrow(IOException.class, () -> (int) NFTW
                    .invokeExact(arena.allocateFrom(folder.toString()), function, OPEN_FOLDERS, FTW_PHYS));
            if (result != 0) {
                throw new IOException("nftw cannot read " + folder);
            }
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), function);
    }

    /** Sorts numbers, and lists the folder that is given, or the current one, two levels deep. */
    public static void main(String[] arguments) throws IOException {
        for (long number : sorted((a, b) -> Long.compare(b, a), 3, 141, 59, 26)) {
            System.out.println(number);
        }
        walk(Path.of(arguments.length > 0 ? arguments[0] : "."), (path, depth) -> {
            if (depth < 2) {
                System.out.println("  ".repeat(depth) + path.getFileName());
            }
        });
    }
}
