// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.glib;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** GLib's main loop and signals call Java. GLib closes the callbacks that it no longer needs. */
public final class GlibExample {
    private static final int FALSE = 0;
    private static final int TRUE = 1;
    private static final int G_PRIORITY_DEFAULT = 0;
    private static final int G_CONNECT_DEFAULT = 0;
    /** A GClosureNotify: {@code void (*)(gpointer data, GClosure *closure)}. */
    private static final FunctionDescriptor CLOSURE_NOTIFY = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);

    // GLib's callbacks. A gboolean is an int.

    interface SourceFunction {
        int run(MemorySegment data);
    }

    interface ActivateHandler {
        void activate(MemorySegment action, MemorySegment parameter, MemorySegment data);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    static final ClosureType<SourceFunction> SOURCE_FUNCTION = ClosureType.of(LOOKUP, SourceFunction.class);
    static final ClosureType<ActivateHandler> ACTIVATE_HANDLER = ClosureType.of(LOOKUP, ActivateHandler.class);

    /** It uses the libraries of main loops and of objects, so their functions are found, too. */
    private static final SymbolLookup GIO = SymbolLookup.libraryLookup("libgio-2.0.so.0", Arena.global());
    private static final MethodHandle LOOP_NEW = link("g_main_loop_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle LOOP_RUN = link("g_main_loop_run", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle LOOP_QUIT = link("g_main_loop_quit", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle LOOP_UNREF = link("g_main_loop_unref", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle TIMEOUT_ADD = link("g_timeout_add_full",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle ACTION_NEW = link("g_simple_action_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle ACTION_ACTIVATE = link("g_action_activate",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle SIGNAL_CONNECT = link("g_signal_connect_data",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle OBJECT_UNREF = link("g_object_unref", FunctionDescriptor.ofVoid(ADDRESS));

    private GlibExample() {}

    /** A main loop with timers. For one thread, except for {@link #quit}. */
    public static final class MainLoop implements AutoCloseable {
        private final MemorySegment handle = call(() -> (MemorySegment) LOOP_NEW.invokeExact(NULL, FALSE));

        /** Calls a task every so many milliseconds until it returns false. */
        public void every(int milliseconds, BooleanSupplier task) {
            Closure<SourceFunction> callback = SOURCE_FUNCTION.bind(_ -> {
                try {
                    return task.getAsBoolean() ? TRUE : FALSE;
                } catch (RuntimeException | Error e) {
                    quit();
                    throw e; // run() throws it to its caller
                }
            }).labelled("timer of %d ms".formatted(milliseconds));
            // GLib calls it when the timer ends: it closes the callback and itself.
            Closure<Callbacks.DestroyNotify> notify = Callbacks.destroyNotify(callback);
            call(() -> (int) TIMEOUT_ADD.invokeExact(G_PRIORITY_DEFAULT, milliseconds, callback.address(), NULL,
                    notify.address()));
        }

        /** Runs until {@link #quit}, or until an exception of a task leaves this method. */
        public void run() {
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                LOOP_RUN.invokeExact(handle);
            });
        }

        /** Ends {@link #run}. */
        public void quit() {
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                LOOP_QUIT.invokeExact(handle);
            });
        }

        @Override
        public void close() {
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                LOOP_UNREF.invokeExact(handle);
            });
        }
    }

    /** A GSimpleAction, as menus and buttons activate it. For one thread. */
    public static final class Action implements AutoCloseable {
        private final MemorySegment handle;

        /** Makes an action. */
        public Action(String name) {
            try (Arena arena = Arena.ofConfined()) {
                handle = call(() -> (MemorySegment) ACTION_NEW.invokeExact(arena.allocateFrom(name), NULL));
            }
        }

        /** Connects a task to the signal "activate". */
        public void onActivate(Runnable task) {
            Closure<ActivateHandler> handler = ACTIVATE_HANDLER.bind((_, _, _) -> task.run());
            // GLib calls it when the action is freed. Its type is another one than a timer's.
            Closure<?> notify = Callbacks.destroyNotify(CLOSURE_NOTIFY, handler);
            try (Arena arena = Arena.ofConfined()) {
                call(() -> (long) SIGNAL_CONNECT.invokeExact(handle, arena.allocateFrom("activate"),
                        handler.address(), NULL, notify.address(), G_CONNECT_DEFAULT));
            }
        }

        /** Activates it. An exception of a task leaves this method. */
        public void activate() {
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                ACTION_ACTIVATE.invokeExact(handle, NULL);
            });
        }

        @Override
        public void close() {
            Callbacks.runAndRethrow(RuntimeException.class, () -> {
                OBJECT_UNREF.invokeExact(handle);
            });
        }
    }

    private static <R> R call(Callbacks.NativeCall<R, Throwable> function) {
        return Callbacks.callAndRethrow(RuntimeException.class, function);
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(GIO.findOrThrow(name), function);
    }

    /** A timer activates an action, whose handler ends the main loop in the end. */
    public static void main(String[] arguments) {
        AtomicInteger greetings = new AtomicInteger();
        try (MainLoop loop = new MainLoop(); Action greet = new Action("greet")) {
            greet.onActivate(() -> System.out.println("greeting " + greetings.incrementAndGet()));
            loop.every(100, () -> {
                greet.activate();
                if (greetings.get() < 3) {
                    return true;
                }
                loop.quit();
                return false;
            });
            loop.run();
        }
    }
}
