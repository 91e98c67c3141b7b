// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Calls functions of several types while the process ends, and checks their answers. All members of
 * a result have the same value. The process ends with a code of 100 or more after a wrong answer.
 */
public final class ExitCallers {
    /** The types of the functions, in their order. */
    public static final List<FunctionDescriptor> TYPES = types();

    /** The value that functions may also return before the end. */
    public static final int WHILE_ALIVE = 1;

    private static final SymbolLookup LIBRARY = NativeLibrary.load("-exit");
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle REGISTER = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("__cxa_atexit"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FIRST_WRONG = LINKER.downcallHandle(LIBRARY.findOrThrow("first_wrong"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS));

    private static final StructLayout WORK = MemoryLayout.structLayout(LONG_LONG.withName("count"),
            LONG_LONG.withName("rounds"), ADDRESS.withName("functions"), ADDRESS.withName("quit"));

    private final MemorySegment work;

    /**
     * Functions to call.
     *
     * @param functions for each set of functions the pointers, in the order of {@link #TYPES}; null
     *     or {@code NULL} for one that is left out
     * @param atEnd for each set the value of all its functions at the end
     */
    public ExitCallers(List<MemorySegment[]> functions, int[] atEnd) {
        work = Arena.global().allocate(WORK);
        work.set(ADDRESS, offset("quit"), LINKER.defaultLookup().findOrThrow("_exit"));
        set(functions, atEnd);
    }

    /** Replaces the functions. No thread calls them now. */
    public void set(List<MemorySegment[]> functions, int[] atEnd) {
        long end = upTo(TYPES.size() * ADDRESS.byteSize());
        long size = end + Long.BYTES;
        MemorySegment all = Arena.global().allocate(Math.max(1, size * functions.size()), Long.BYTES);
        for (int i = 0; i < functions.size(); i++) {
            MemorySegment[] own = functions.get(i);
            for (int type = 0; type < own.length; type++) {
                all.set(ADDRESS, i * size + type * ADDRESS.byteSize(), own[type]);
            }
            all.set(LONG_LONG, i * size + end, atEnd[i]);
        }
        work.set(ADDRESS, offset("functions"), all);
        work.set(LONG_LONG, offset("count"), functions.size());
    }

    private static long upTo(long size) {
        return (size + LONG_LONG.byteAlignment() - 1) & -LONG_LONG.byteAlignment();
    }

    /** Has the functions called when the process ends, before what was registered earlier. */
    public void callAtExit() {
        try {
            int error = (int) REGISTER.invokeExact(LIBRARY.findOrThrow("call_at_exit"), work, MemorySegment.NULL);
            if (error != 0) {
                throw new IllegalStateException("__cxa_atexit: error " + error);
            }
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /** Starts a thread that calls the functions until the process ends. */
    public void startThread() {
        NativeThread _ = NativeThread.start(LIBRARY.findOrThrow("call_for_ever"), work);
    }

    /** How often all functions were called. */
    public long rounds() {
        return work.get(LONG_LONG, offset("rounds"));
    }

    /**
     * Calls all functions once, and expects what they return at the end.
     *
     * @return eight times the number of the set, plus the number of the type, of the first wrong
     *     answer; -1 if there is none
     */
    public int firstWrong() {
        try {
            return (int) FIRST_WRONG.invokeExact(work);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    private static long offset(String field) {
        return WORK.byteOffset(PathElement.groupElement(field));
    }

    private static List<FunctionDescriptor> types() {
        MemoryLayout[] integers = Collections.nCopies(9, JAVA_INT).toArray(MemoryLayout[]::new);
        MemoryLayout[] doubles = Collections.nCopies(9, DOUBLE).toArray(MemoryLayout[]::new);
        MemoryLayout[] numbers = Collections.nCopies(5, LONG_LONG).toArray(MemoryLayout[]::new);
        MemoryLayout[] floats = new MemoryLayout[4];
        Arrays.fill(floats, JAVA_FLOAT);
        return List.of(
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                FunctionDescriptor.of(LONG_LONG, integers),
                FunctionDescriptor.of(DOUBLE, doubles),
                FunctionDescriptor.of(JAVA_FLOAT, JAVA_FLOAT),
                FunctionDescriptor.of(MemoryLayout.structLayout(LONG_LONG, DOUBLE), JAVA_INT),
                FunctionDescriptor.of(MemoryLayout.structLayout(floats), JAVA_INT),
                FunctionDescriptor.of(MemoryLayout.structLayout(numbers), JAVA_INT, JAVA_INT),
                FunctionDescriptor.ofVoid(JAVA_INT));
    }
}
