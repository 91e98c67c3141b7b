// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.libuv;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * An event loop of libuv with timers that call Java once. A timer's callback closes itself, when
 * libuv has let go of the timer. For one thread.
 */
public final class LibuvExample implements AutoCloseable {
    private static final int UV_TIMER = 13;
    private static final int UV_RUN_DEFAULT = 0;
    private static final long ALIGNMENT = 16;

    /** libuv's {@code void (*)(uv_timer_t *timer)}. */
    interface TimerCallback {
        void run(MemorySegment timer) throws Throwable;
    }

    static final ClosureType<TimerCallback> TIMER_CALLBACK = ClosureType.of(MethodHandles.lookup(),
            TimerCallback.class);

    private static final SymbolLookup UV = SymbolLookup.libraryLookup("libuv.so.1", Arena.global());
    private static final MethodHandle LOOP_SIZE = link("uv_loop_size", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle LOOP_INIT = link("uv_loop_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle LOOP_CLOSE = link("uv_loop_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle RUN = link("uv_run", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle HANDLE_SIZE = link("uv_handle_size",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    private static final MethodHandle TIMER_INIT = link("uv_timer_init",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle TIMER_START = link("uv_timer_start",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE = link("uv_close", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment loop = arena.allocate(call(() -> (long) LOOP_SIZE.invokeExact()), ALIGNMENT);

    /** Makes an event loop. */
    public LibuvExample() {
        check(call(() -> (int) LOOP_INIT.invokeExact(loop)));
    }

    /**
     * Calls a task once, within {@link #run}. Salto reports an exception of it, and the loop
     * continues.
     */
    public void after(long milliseconds, Runnable task) {
        Arena memory = Arena.ofConfined();
        MemorySegment timer = memory.allocate(call(() -> (long) HANDLE_SIZE.invokeExact(UV_TIMER)), ALIGNMENT);
        check(call(() -> (int) TIMER_INIT.invokeExact(loop, timer)));
        // The callback knows its own closure. When libuv calls the destroyNotify, that closes the
        // closure, and frees the timer's memory.
        MemorySegment callback = TIMER_CALLBACK.bindSelf(self -> handle -> {
            CLOSE.invokeExact(handle, Callbacks.destroyNotify(self, memory).address());
            task.run();
        }).labelled("timer of %d ms".formatted(milliseconds)).address();
        check(call(() -> (int) TIMER_START.invokeExact(timer, callback, milliseconds, 0L)));
    }

    /** Runs until no timer is left. */
    public void run() {
        check(call(() -> (int) RUN.invokeExact(loop, UV_RUN_DEFAULT)));
    }

    @Override
    public void close() {
        check(call(() -> (int) LOOP_CLOSE.invokeExact(loop)));
        arena.close();
    }

    private static void check(int code) {
        if (code != 0) {
            throw new IllegalStateException("libuv answered " + code);
        }
    }

    /**
     * Calls libuv. There is no {@code callAndRethrow} here: after an exception, it would keep other
     * timers from running.
     */
    private static <R> R call(Callbacks.NativeCall<R, Throwable> function) {
        try {
            return function.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("a C function throws nothing", e);
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(UV.findOrThrow(name), function);
    }

    /** Counts down. */
    public static void main(String[] arguments) {
        try (LibuvExample loop = new LibuvExample()) {
            loop.after(300, () -> System.out.println("lift-off"));
            loop.after(200, () -> System.out.println("one"));
            loop.after(100, () -> System.out.println("two"));
            loop.run();
        }
    }
}
