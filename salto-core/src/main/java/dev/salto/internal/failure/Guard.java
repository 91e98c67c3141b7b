// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import org.jspecify.annotations.Nullable;

/**
 * Carries exceptions of callbacks past native code, to the Java code that called it. While a guard
 * has an exception, later callbacks of its thread do not run: each is answered at once, as its
 * type's policy says. One thread uses a guard.
 */
@SuppressWarnings("ReferenceEquality") // an exception's class may have an equals of its own
public final class Guard implements AutoCloseable {
    /** An exception keeps at most so many of the later ones. */
    private static final int MOST_SUPPRESSED = 8;

    private static final ThreadLocal<@Nullable Guard> INNERMOST = new ThreadLocal<>();

    /** The number of guards with an exception. Changed under the monitor of the class. */
    private static int pending;

    private final @Nullable Guard outer = INNERMOST.get();
    private @Nullable Throwable exception;
    private boolean isCounted;
    private long omitted;

    /**
     * Whether it takes exceptions. The owner writes the field, because a call could fail at the end
     * of the stack. A guard that stayed open would take exceptions that nobody throws.
     */
    public boolean isOpen;

    /** A guard of this thread, which takes exceptions as long as it {@link #isOpen}. */
    public Guard() {
        INNERMOST.set(this);
    }

    /** A callback that runs even if an exception is pending: it frees closures of native code. */
    public interface Unconditional {}

    /** Thrown instead of running a callback. */
    static final class Pending extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** The exception that a guard of the thread has. */
        final Throwable exception;

        Pending(Throwable exception) {
            super("an exception of an earlier callback is pending", null, false, false);
            this.exception = exception;
        }
    }

    /** Has the number of exceptions that were not kept. */
    private static final class Omitted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Omitted(long count) {
            super(count + " more exceptions left callbacks of the same native call and were not kept", null, false,
                    false);
        }
    }

    /** Whether any thread has a pending exception. */
    public static boolean isAnyPending() {
        return pending != 0;
    }

    /**
     * Lets a callback run, unless an exception of this thread is pending.
     *
     * @param target what the callback calls
     * @throws RuntimeException one for {@link ExceptionCatcher#caught}, if the callback is to be
     *     answered at once
     */
    public static void requireNonePending(Object target) {
        Guard guard = innermost();
        if (guard != null && guard.exception != null && !(target instanceof Unconditional)) {
            throw new Pending(guard.exception);
        }
    }

    private static @Nullable Guard innermost() {
        Guard guard = INNERMOST.get();
        while (guard != null && !guard.isOpen) {
            guard = guard.outer;
        }
        return guard;
    }

    /** Takes an exception, if there is a guard on this thread. */
    static boolean carry(Throwable thrown) {
        Guard guard = innermost();
        if (guard == null) {
            return false;
        }
        Throwable first = guard.exception;
        if (first == null) {
            guard.exception = thrown;
        }
        try {
            guard.took(first, thrown);
        } catch (Throwable e) {
            // The stack or the memory is spent; the first exception is kept in any case.
        }
        return true;
    }

    private void took(@Nullable Throwable first, Throwable thrown) {
        if (first == null) {
            countPending(1);
            isCounted = true;
        } else if (first != thrown) {
            omitted++;
            if (first.getSuppressed().length < MOST_SUPPRESSED) {
                first.addSuppressed(thrown);
                omitted--;
            }
        }
    }

    private static synchronized void countPending(int more) {
        pending += more;
    }

    /**
     * Throws the carried exception.
     *
     * @param <X> the type that the caller expects; it is not checked
     * @throws X if there is an exception
     */
    @SuppressWarnings("unchecked")
    public <X extends Throwable> void throwCarried() throws X {
        if (exception != null) {
            addOmitted(exception);
            throw (X) exception;
        }
    }

    /** Adds the carried exceptions, as suppressed ones, to the exception of the call itself. */
    public Throwable withCarried(Throwable thrown) {
        if (exception != null) {
            addOmitted(exception);
            if (exception != thrown) {
                suppress(thrown, exception);
            }
        }
        return thrown;
    }

    private void addOmitted(Throwable first) {
        if (omitted > 0 && first.getSuppressed().length <= MOST_SUPPRESSED) {
            suppress(first, new Omitted(omitted));
        }
    }

    private static void suppress(Throwable first, Throwable later) {
        try {
            first.addSuppressed(later);
        } catch (OutOfMemoryError e) {
            // The first exception matters more.
        }
    }

    @Override
    public void close() {
        if (isCounted) {
            countPending(-1);
            isCounted = false;
        }
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
    }
}
