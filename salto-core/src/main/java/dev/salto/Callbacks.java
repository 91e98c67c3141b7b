// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.internal.failure.Guard;
import dev.salto.internal.failure.UncaughtExceptions;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Helpers for code that is called back. All methods may be called from any thread.
 *
 * <p>An exception of C++ cannot leave a callback: no unwinder of C++ knows Java's frames. If C++ code
 * that a callback calls throws, it has to catch that itself. Otherwise C++ ends the process ({@code
 * std::terminate}), as it does with a stub of the JDK.
 */
public final class Callbacks {
    private Callbacks() {}

    /**
     * A call of native code, which calls back.
     *
     * @param <R> its result
     * @param <X> what else it throws
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
     * Calls native code, and throws what its callbacks threw: the first exception that leaves a callback on this thread during the call is
     * carried past the native code, and thrown here when that returns. So code that calls a sort function, say, sees the exceptions of its comparator.
     *
     * {@snippet :
     * int result = Callbacks.rethrowing(() -> (int) sort.invokeExact(array, comparator.address()));
     * }
     *
     * <p>Native code does not learn of it. It gets what the closure's {@link ExceptionPolicy} says,
     * or zero, and goes on. Until {@code call} returns, no other callback of this thread runs. Each
     * is answered at once, as its own policy says; a {@linkplain ExceptionPolicy#handleBy handler} gets
     * the pending exception. Closures of {@link #destroyNotify} run nevertheless.
     *
     * <p>A callback may have called native code itself. It goes on, and may throw, too. Its exception
     * is then {@linkplain Throwable#addSuppressed suppressed} in the first one, which keeps eight of
     * them, and one more that counts the others. If the call itself throws, exceptions of callbacks
     * are suppressed in that.
     *
     * <p>The exception is the same object that the callback threw. Its stack trace has the frames of
     * the callback and, behind them, those of this call. Exceptions of callbacks on other threads are
     * not carried.
     *
     * @param <R> the result
     * @param <X> what the call itself throws
     * @param call calls native code
     * @return what {@code call} returns, if no callback threw anything. If one did, that is lost
     * @throws X if {@code call} does, or a callback does: callbacks can throw what their interfaces declare, and any unchecked exception
     */
    public static <R extends @Nullable Object, X extends Throwable> R rethrowing(NativeCall<R, X> call) throws X {
        Guard guard = new Guard();
        try {
            guard.isOpen = true;
            R result;
            try {
                result = call.call();
            } catch (Throwable e) {
                @SuppressWarnings("unchecked") // it is what the call throws, or what it does not declare anyway
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

    /** C's {@code void (*)(void *data)}: what native libraries call when they no longer need a callback's data. */
    @FunctionalInterface
    public interface DestroyNotify {
        /**
         * Is called once, at the end.
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

    private static final class Destroyer implements DestroyNotify, Guard.Unconditional {
        private final AutoCloseable[] resources;
        private @Nullable Closure<DestroyNotify> own;

        Destroyer(AutoCloseable[] resources) {
            this.resources = resources;
        }

        @Override
        public void destroyed(MemorySegment data) {
            for (AutoCloseable resource : resources) {
                try {
                    resource.close();
                } catch (Throwable e) {
                    UncaughtExceptions.pass(e);
                }
            }
            Objects.requireNonNull(own).close();
        }
    }

    /**
     * A function for native code to call when it needs closures no longer: it closes them, and itself. For the last parameter of
     * {@code sqlite3_create_function_v2}, GLib's {@code GDestroyNotify}, and whatever else is a {@code void (*)(void *)}.
     *
     * {@snippet :
     * Closure<Function> function = FUNCTION.bind(this::answer);
     * sqlite3_create_function_v2(db, name, 1, SQLITE_UTF8, NULL, function.address(), NULL, NULL,
     *         Callbacks.destroyNotify(function).address());
     * }
     *
     * @param resources what is closed, in this order; an exception of one goes to the thread's uncaught-exception handler, and the others are
     *     closed all the same
     * @return a closure that closes itself when it is called. If registration fails, close it, and
     *     {@code resources}, yourself
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message says why
     * @throws IllegalStateException if the system has no memory or no mapping left; the message holds its reason
     */
    public static Closure<DestroyNotify> destroyNotify(AutoCloseable... resources) {
        Destroyer destroyer = new Destroyer(resources.clone());
        Closure<DestroyNotify> own = Types.DESTROY_NOTIFY.bind(destroyer);
        destroyer.own = own;
        return own;
    }
}
