// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.WORD;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Native callers that read {@code errno} right after a call, and functions of words for a handler
 * that leaves by one. A word is a C integer as large as a pointer. All methods may be called from
 * any thread.
 */
public final class LeavingCallers {
    private static final SymbolLookup LIBRARY = NativeLibrary.load("-leaving");
    private static final Linker LINKER = Linker.nativeLinker();

    private LeavingCallers() {}

    /** The address of one of the functions of the file {@code leaving.c}. */
    public static MemorySegment function(String name) {
        return LIBRARY.findOrThrow(name);
    }

    private static MemorySegment ofTheCLibrary(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /**
     * Sets {@code errno} to {@code first} and the numbers after it, and calls an
     * {@code int (*)(int)} each time.
     *
     * @return what {@code errno} is after each call
     */
    public static int[] errnoOfEach(MemorySegment function, int first, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(JAVA_INT, count);
            MethodHandle call = LINKER.downcallHandle(function("errno_of_each"),
                    FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
            call.invokeExact(ofTheCLibrary("__errno_location"), function, first, count, found);
            return found.toArray(JAVA_INT);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Sets {@code errno}, calls an {@code int (*)(int)} with that number, and sends the thread a
     * signal.
     *
     * @return {@code errno} after that
     */
    public static int errnoAfterSignal(MemorySegment function, int number, int signal) {
        try {
            MethodHandle call = LINKER.downcallHandle(function("errno_after_signal"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
            return (int) call.invokeExact(ofTheCLibrary("__errno_location"), function, number, ofTheCLibrary("raise"),
                    signal);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Calls a function of a word.
     *
     * @return its result, a word; -1 if the function has written into the caller's frame
     */
    public static long callWithWord(MemorySegment function, long a) {
        return call("call_with_word", WORD, function, a).longValue();
    }

    /** About the address of the end of the current thread's stack. */
    public static long depthOfStack() {
        try {
            return (long) Depth.CALL.invokeExact(0L);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /** Linked once, because tests call it often. */
    private static final class Depth {
        static final MethodHandle CALL = MethodHandles.explicitCastArguments(
                LINKER.downcallHandle(function("depth_of_stack"), FunctionDescriptor.of(WORD, WORD)),
                MethodType.methodType(long.class, long.class));

        private Depth() {}
    }

    /** Calls a function of a word that returns a {@code double}. */
    public static double callForDouble(MemorySegment function, long a) {
        return call("call_for_double", DOUBLE, function, a).doubleValue();
    }

    /**
     * Calls a function of a word that returns a struct of two words.
     *
     * @return the first word times 1,000, plus the second
     */
    public static long callForPair(MemorySegment function, long a) {
        return call("call_for_pair", WORD, function, a).longValue();
    }

    /**
     * On x86-64, calls a function of a word with Windows' convention, with 0, 1, ...
     *
     * @return the sum of the results, if it has preserved the registers of floating-point numbers
     */
    public static long callAsWindows(MemorySegment function, long calls) {
        return call("call_as_windows", WORD, function, calls).longValue();
    }

    private static Number call(String name, MemoryLayout result, MemorySegment function, long a) {
        try {
            MethodHandle call = LINKER.downcallHandle(function(name),
                    FunctionDescriptor.of(result, ADDRESS, WORD));
            return (Number) MethodHandles.explicitCastArguments(call,
                    MethodType.methodType(result.equals(DOUBLE) ? double.class : long.class, MemorySegment.class,
                            long.class))
                    .invoke(function, a);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }
}
