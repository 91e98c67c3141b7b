// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.internal.failure.Guard;
import dev.salto.internal.failure.UncaughtExceptions;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Helpers for code that is called back. All methods may be called from any thread.
 *
 * <p>A C++ exception cannot leave a callback, because no C++ unwinder knows Java's frames. C++ code
 * that a callback calls has to catch its exceptions itself. Otherwise C++ ends the process
 * ({@code std::terminate}), as with a stub of the JDK.
 */
public final class Callbacks {
    private Callbacks() {}

    /**
     * A call of native code with a result.
     *
     * @param <R> its result
     * @param <X> its exception
     */
    @FunctionalInterface
    public interface NativeCall<R extends @Nullable Object, X extends Throwable> {
        /**
         * Calls native code.
         *
         * @return the result
         * @throws X if the call itself fails
         */
        R call() throws X;
    }

    /**
     * A call of native code without a result.
     *
     * @param <X> its exception
     */
    @FunctionalInterface
    public interface NativeAction<X extends Throwable> {
        /**
         * Calls native code.
         *
         * @throws X if the call itself fails
         */
        void run() throws X;
    }

    /**
     * Calls native code, and throws the first exception of its callbacks on this thread. The
     * exception is carried past the native code, and thrown after that returns. So a caller of a
     * sort function sees the exceptions of its comparator.
     *
     * {@snippet :
     * int result = Callbacks.callAndRethrow(() -> (int) search.invokeExact(array, comparator.address()));
     * }
     *
     * <p>Native code does not notice the exception. It gets the result of the closure's
     * {@link ExceptionPolicy}, or zero, and continues. Until {@code call} returns, no other
     * callback of this thread runs, except for closures of {@link #destroyNotify}. Each is answered
     * at once, as its own policy says; a {@linkplain ExceptionPolicy#handleBy handler} gets the
     * pending exception.
     *
     * <p>A callback that has called native code itself continues, and may throw, too. Its exception
     * is then {@linkplain Throwable#addSuppressed suppressed} in the first one, which keeps eight
     * of them, and one more that counts the others. If the call itself throws, exceptions of
     * callbacks are suppressed in its exception.
     *
     * <p>The exception is the same object that the callback threw. Its stack trace has the frames
     * of the callback and, behind them, those of this call. Exceptions of callbacks on other
     * threads are not carried.
     *
     * @param <R> the result
     * @param <X> the exception of the call itself
     * @param call calls native code. A {@code MethodHandle.invokeExact} needs a cast to the type of
     *     its result
     * @return the result of {@code call}, if no callback threw an exception
     * @throws X if {@code call} does, or a callback does: callbacks can throw what their interfaces
     *     declare, and any unchecked exception. To catch a checked exception of a callback that the
     *     call does not declare, use {@link #callAndRethrow(Class, NativeCall)}
     */
    public static <R extends @Nullable Object, X extends Throwable> R callAndRethrow(NativeCall<R, X> call) throws X {
        Guard guard = new Guard();
        try {
            guard.isOpen = true;
            R result;
            try {
                result = call.call();
            } catch (Throwable e) {
                @SuppressWarnings("unchecked") // the call declares it, or it is unchecked
                X thrown = (X) guard.withCarried(e);
                throw thrown;
            }
            guard.<X>throwCarried();
            return result;
        } finally {
            guard.isOpen = false;
            guard.close();
        }
    }

    /**
     * Calls native code, and throws the first exception of its callbacks, including checked
     * exceptions of a class. So a program can catch these around a method that does not declare
     * them, such as one of jextract.
     *
     * {@snippet :
     * try {
     *     int rows = Callbacks.callAndRethrow(IOException.class,
     *             () -> sqlite_h.sqlite3_exec(db, sql, row, NULL, NULL));
     * } catch (IOException e) {
     *     // thrown by the callback
     * }
     * }
     *
     * @param <R> the result
     * @param <X> the class of checked exceptions
     * @param checked the class of checked exceptions that the callbacks or the call throw
     * @param call calls native code, as in {@link #callAndRethrow(NativeCall)}
     * @return the result of {@code call}, if no callback threw an exception
     * @throws X if a callback or {@code call} throws one
     * @throws UndeclaredThrowableException if a callback or {@code call} throws another checked
     *     exception, which is its cause; unchecked exceptions are thrown as they are
     */
    public static <R extends @Nullable Object, X extends Throwable> R callAndRethrow(Class<X> checked,
            NativeCall<R, ?> call) throws X {
        Objects.requireNonNull(checked, "checked");
        try {
            return callAndRethrow(call);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            if (checked.isInstance(e)) {
                throw checked.cast(e);
            }
            throw new UndeclaredThrowableException(e, e.getClass().getName() + " is no " + checked.getName()
                    + ", the class that Callbacks was told to throw");
        }
    }

    /**
     * Calls native code without a result, and throws the first exception of its callbacks, as
     * {@link #callAndRethrow(NativeCall)} does.
     *
     * {@snippet :
     * Callbacks.runAndRethrow(() -> { sort.invokeExact(array, comparator.address()); });
     * }
     *
     * @param <X> the exception of the call itself
     * @param action calls native code. A {@code MethodHandle.invokeExact} needs braces around it:
     *     without them, the Java compiler takes it for one that returns an {@code Object}
     * @throws X as {@link #callAndRethrow(NativeCall)}
     */
    public static <X extends Throwable> void runAndRethrow(NativeAction<X> action) throws X {
        Callbacks.<@Nullable Object, X>callAndRethrow(() -> {
            action.run();
            return null;
        });
    }

    /**
     * Calls native code without a result, and throws the first exception of its callbacks,
     * including checked exceptions of a class, as {@link #callAndRethrow(Class, NativeCall)} does.
     *
     * @param <X> the class of checked exceptions
     * @param checked the class of checked exceptions that the callbacks or the call throw
     * @param action calls native code, as in {@link #runAndRethrow(NativeAction)}
     * @throws X if a callback or {@code action} throws one
     * @throws UndeclaredThrowableException as {@link #callAndRethrow(Class, NativeCall)}
     */
    public static <X extends Throwable> void runAndRethrow(Class<X> checked, NativeAction<?> action) throws X {
        Callbacks.<@Nullable Object, X>callAndRethrow(checked, () -> {
            action.run();
            return null;
        });
    }

    /**
     * C's {@code void (*)(void *data)}, which native libraries call when they no longer need a
     * callback's data.
     */
    @FunctionalInterface
    public interface DestroyNotify {
        /**
         * Called once, at the end.
         *
         * @param data the pointer that was registered
         */
        void destroyed(MemorySegment data);
    }

    private static final class Types {
        static final ClosureType<DestroyNotify> DESTROY_NOTIFY = ClosureType.of(DestroyNotify.class,
                FunctionDescriptor.ofVoid(ADDRESS));

        private Types() {}
    }

    private static final class Destroyer implements DestroyNotify, ArgumentHandler, Guard.Unconditional {
        private final Closure<?> own;
        private final AutoCloseable[] resources;

        Destroyer(Closure<?> own, AutoCloseable[] resources) {
            this.own = own;
            this.resources = resources;
        }

        @Override
        public void destroyed(MemorySegment data) {
            destroy();
        }

        @Override
        public void call(Arguments arguments) {
            destroy();
        }

        private void destroy() {
            for (AutoCloseable resource : resources) {
                try {
                    resource.close();
                } catch (Throwable e) {
                    UncaughtExceptions.report(e, "A resource of Callbacks.destroyNotify could not be closed.");
                }
            }
            own.close();
        }
    }

    /** No lambda: its class could not be made at the end of a stack. */
    private static final class DestroyerMaker implements Function<Closure<?>, Destroyer> {
        private final AutoCloseable[] resources;

        DestroyerMaker(AutoCloseable[] resources) {
            this.resources = resources.clone();
        }

        @Override
        public Destroyer apply(Closure<?> own) {
            return new Destroyer(own, resources);
        }
    }

    /**
     * Makes a function that native code calls when it no longer needs closures: it closes them, and
     * itself. It fits the last parameter of {@code sqlite3_create_function_v2}, GLib's
     * {@code GDestroyNotify}, and any other {@code void (*)(void *)}.
     *
     * {@snippet :
     * Closure<Function> function = FUNCTION.bind(this::answer);
     * sqlite3_create_function_v2(db, name, 1, SQLITE_UTF8, NULL, function.address(), NULL, NULL,
     *         Callbacks.destroyNotify(function).address());
     * }
     *
     * @param resources the closures and other resources, closed in this order. An exception of one
     *     goes to the thread's uncaught-exception handler, and the others are closed nevertheless
     * @return a closure that closes itself when it is called. If registration fails, close it, and
     *     {@code resources}, yourself
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public static Closure<DestroyNotify> destroyNotify(AutoCloseable... resources) {
        return Types.DESTROY_NOTIFY.bindSelf(new DestroyerMaker(resources));
    }

    /**
     * Makes a function of any type that native code calls when it no longer needs closures, as
     * {@link #destroyNotify(AutoCloseable...)} does. It ignores its arguments, and returns zero.
     *
     * {@snippet :
     * // GLib's GClosureNotify: void (*)(gpointer data, GClosure *closure)
     * Closure<?> notify = Callbacks.destroyNotify(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), comparator);
     * }
     *
     * @param function the function's type: any that a {@link CallInterface} can have
     * @param resources the closures and other resources, closed in this order. An exception of one
     *     goes to the thread's uncaught-exception handler, and the others are closed nevertheless
     * @return a closure that closes itself when it is called. If registration fails, close it, and
     *     {@code resources}, yourself
     * @throws IllegalArgumentException if no C type has one of the layouts in {@code function}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public static Closure<?> destroyNotify(FunctionDescriptor function, AutoCloseable... resources) {
        return CallInterface.prepare(function).bindSelf(new DestroyerMaker(resources));
    }
}
