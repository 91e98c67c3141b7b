// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Calls of function pointers, each an {@code int (*)(int, int)}, while the calling thread holds a
 * lock of the dynamic loader. All methods may be called from any thread, but not from within such a
 * call.
 */
public final class LoaderCalls {
    private static final String LIBRARY = "-constructor";
    private static final byte[] MARK = "salto: to do ->\0".getBytes(StandardCharsets.US_ASCII);
    private static final int RTLD_NOW = 2;

    private static final MethodHandle ITERATE = link("dl_iterate_phdr",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle OPEN = link("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = link("dlclose", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CLOSE_FILE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private LoaderCalls() {}

    /**
     * Calls functions in turn from the callback of {@code dl_iterate_phdr}, which holds the lock of
     * the loader's list.
     *
     * @param functions an array of {@code count} pointers
     * @param count the number of functions
     * @param calls the number of calls in all
     * @param a the first argument of each call; the second one is its number
     * @return the sum of the results
     */
    public static long whileIterating(MemorySegment functions, long count, long calls, int a) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment work = NativeThread.calls(arena, functions, count, calls, a);
            int _ = (int) ITERATE.invokeExact(Callers.callInIteration(), work);
            return NativeThread.sum(work);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Calls functions in turn from the constructor of a library, which {@code dlopen} runs with the
     * loader's lock. The library is loaded for these calls, and unloaded after them.
     *
     * @param functions an array of {@code count} pointers
     * @param count the number of functions
     * @param calls the number of calls in all
     * @param a the first argument of each call; the second one is its number
     * @return the sum of the results
     */
    public static long whileLoading(MemorySegment functions, long count, long calls, int a) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment work = NativeThread.calls(arena, functions, count, calls, a);
            int file = NativeLibrary.memoryFile(LIBRARY, libraryThatCalls(Callers.callInThread(), work));
            MemorySegment path = arena.allocateFrom("/proc/self/fd/" + file);
            MemorySegment library = (MemorySegment) OPEN.invokeExact(path, RTLD_NOW);
            if (library.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("dlopen fails for the library with a constructor");
            }
            int _ = (int) CLOSE.invokeExact(library);
            int _ = (int) CLOSE_FILE.invokeExact(file);
            return NativeThread.sum(work);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * The library's bytes, with a {@code void *(*)(void *)} for its constructor to call, and the
     * argument.
     */
    private static byte[] libraryThatCalls(MemorySegment function, MemorySegment argument) throws IOException {
        byte[] library = NativeLibrary.bytes(LIBRARY);
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG_UNALIGNED;
        int place = findMark(library) + MARK.length;
        MemorySegment bytes = MemorySegment.ofArray(library);
        if (ADDRESS.byteSize() == word.byteSize()) {
            bytes.set(word, place, function.address());
            bytes.set(word, place + word.byteSize(), argument.address());
        } else {
            bytes.set(ValueLayout.JAVA_INT_UNALIGNED, place, (int) function.address());
            bytes.set(ValueLayout.JAVA_INT_UNALIGNED, place + ADDRESS.byteSize(), (int) argument.address());
        }
        return library;
    }

    private static int findMark(byte[] library) {
        MemorySegment bytes = MemorySegment.ofArray(library);
        MemorySegment mark = MemorySegment.ofArray(MARK);
        for (int i = 0; i + MARK.length <= library.length; i++) {
            if (bytes.asSlice(i, MARK.length).mismatch(mark) < 0) {
                return i;
            }
        }
        throw new IllegalStateException("the library with a constructor has no mark");
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), function);
    }
}
