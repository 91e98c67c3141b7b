// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * A thread that the JVM has not seen before it calls: made by {@code pthread_create}, it calls
 * function pointers in turn from C and ends. For one thread at a time.
 */
public final class NativeThread {
    /** {@code struct calls} of {@code callers.c}. */
    private static final StructLayout CALLS = MemoryLayout.structLayout(LONG_LONG.withName("count"),
            LONG_LONG.withName("calls"), LONG_LONG.withName("a"), LONG_LONG.withName("sum"),
            ADDRESS.withName("functions"));

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CREATE = link("pthread_create",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle JOIN = link("pthread_join", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

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
            MemorySegment thread = arena.allocate(ADDRESS);
            int error = (int) CREATE.invokeExact(thread, MemorySegment.NULL, function, argument);
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
            int error = (int) JOIN.invokeExact(thread, MemorySegment.NULL);
            if (error != 0) {
                throw new IllegalStateException("pthread_join: error " + error);
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
