// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * A thread that the JVM has not seen before it calls. It calls function pointers in turn from C and
 * ends. {@code pthread_create} makes it, on Windows {@code CreateThread}. For one thread at a time.
 */
public final class NativeThread {
    /** {@code struct calls} of {@code callers.c}. */
    private static final StructLayout CALLS = MemoryLayout.structLayout(LONG_LONG.withName("count"),
            LONG_LONG.withName("calls"), LONG_LONG.withName("a"), LONG_LONG.withName("sum"),
            ADDRESS.withName("functions"));

    private static final Linker LINKER = Linker.nativeLinker();

    /** The calls of POSIX. */
    private static final class Posix {
        static final MethodHandle CREATE = link("pthread_create",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        static final MethodHandle JOIN = link("pthread_join", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    }

    /** The calls of Windows. */
    private static final class Windows {
        static final int INFINITE = -1;

        static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("kernel32.dll", Arena.global());
        static final MethodHandle CREATE = LINKER.downcallHandle(LIBRARY.findOrThrow("CreateThread"),
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
        static final MethodHandle WAIT = LINKER.downcallHandle(LIBRARY.findOrThrow("WaitForSingleObject"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle CLOSE = LINKER.downcallHandle(LIBRARY.findOrThrow("CloseHandle"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS));

        static MemorySegment create(MemorySegment function, MemorySegment argument) throws Throwable {
            MemorySegment thread = (MemorySegment) CREATE.invokeExact(MemorySegment.NULL, 0L, function, argument, 0,
                    MemorySegment.NULL);
            if (thread.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("CreateThread fails");
            }
            return thread;
        }

        /** Returns 0, or the number of an error. */
        static int join(MemorySegment thread) throws Throwable {
            int error = (int) WAIT.invokeExact(thread, INFINITE);
            int _ = (int) CLOSE.invokeExact(thread);
            return error;
        }
    }

    private final MemorySegment calls;
    private final MemorySegment thread;

    /** The thread's input, which must not be collected before it ends. */
    private final MemorySegment argument;

    private NativeThread(MemorySegment calls, MemorySegment argument, MemorySegment thread) {
        this.calls = calls;
        this.argument = argument;
        this.thread = thread;
    }

    /**
     * Starts a thread that calls functions in turn, each with {@code a} and the number of the call.
     *
     * @param functions an array of pointers, which may change while the thread runs; it has to stay
     *     until {@link #join}, which keeps it reachable
     * @param count the number of functions
     * @param calls the number of calls in all
     */
    public static NativeThread start(MemorySegment functions, long count, long calls, int a) {
        MemorySegment argument = calls(Arena.ofAuto(), functions, count, calls, a);
        return new NativeThread(argument, functions, create(Callers.callInThread(), argument));
    }

    /**
     * Starts a thread that runs one function, a {@code void *(*)(void *)}.
     *
     * @param argument has to stay until {@link #join}
     */
    public static NativeThread start(MemorySegment function, MemorySegment argument) {
        return new NativeThread(Arena.ofAuto().allocate(CALLS), argument, create(function, argument));
    }

    /**
     * A {@code struct calls}; for the parameters see
     * {@link #start(MemorySegment, long, long, int)}.
     */
    static MemorySegment calls(Arena arena, MemorySegment functions, long count, long calls, int a) {
        MemorySegment argument = arena.allocate(CALLS);
        argument.set(ADDRESS, offset("functions"), functions);
        set(argument, "count", count);
        set(argument, "calls", calls);
        set(argument, "a", a);
        return argument;
    }

    /** The sum of what the functions of a {@code struct calls} returned. */
    static long sum(MemorySegment calls) {
        return calls.get(LONG_LONG, offset("sum"));
    }

    private static MemorySegment create(MemorySegment function, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            if (NativeLibrary.IS_WINDOWS) {
                return Windows.create(function, argument);
            }
            MemorySegment thread = arena.allocate(ADDRESS);
            int error = (int) Posix.CREATE.invokeExact(thread, MemorySegment.NULL, function, argument);
            if (error != 0) {
                throw new IllegalStateException("pthread_create: error " + error);
            }
            return thread.get(ADDRESS, 0);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Waits until the thread has ended.
     *
     * @return the sum of the functions' results
     */
    public long join() {
        try {
            int error = NativeLibrary.IS_WINDOWS
                    ? Windows.join(thread)
                    : (int) Posix.JOIN.invokeExact(thread, MemorySegment.NULL);
            if (error != 0) {
                throw new IllegalStateException("waiting for a thread: error " + error);
            }
            return sum(calls);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    private static void set(MemorySegment calls, String field, long value) {
        calls.set(LONG_LONG, offset(field), value);
    }

    private static long offset(String field) {
        return CALLS.byteOffset(PathElement.groupElement(field));
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function);
    }
}
