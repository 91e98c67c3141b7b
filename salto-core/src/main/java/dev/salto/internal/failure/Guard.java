// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import org.jspecify.annotations.Nullable;

/**
 * Carries exceptions of callbacks past the native code that called them, to the Java code that
 * called the native code. One thread uses it.
 */
public final class Guard implements AutoCloseable {
    private static final ThreadLocal<@Nullable Guard> INNERMOST = new ThreadLocal<>();

    private final @Nullable Guard outer = INNERMOST.get();
    private @Nullable Throwable exception;

    /** Begins to carry the exceptions of this thread's callbacks. */
    public Guard() {
        INNERMOST.set(this);
    }

    /** Takes an exception, if there is a guard on this thread. */
    static boolean carry(Throwable exception) {
        Guard guard = INNERMOST.get();
        if (guard == null) {
            return false;
        }
        guard.exception = join(guard.exception, exception);
        return true;
    }

    /**
     * Throws what was carried.
     *
     * @param <X> what the caller is ready for; nothing checks that
     * @throws X if there is something
     */
    @SuppressWarnings("unchecked")
    public <X extends Throwable> void throwCarried() throws X {
        if (exception != null) {
            throw (X) exception;
        }
    }

    /** What the call itself threw, with what was carried as suppressed. */
    public Throwable withCarried(Throwable thrown) {
        return exception == null ? thrown : join(thrown, exception);
    }

    /** The first one, with the second as suppressed. */
    private static Throwable join(@Nullable Throwable first, Throwable second) {
        if (first == null || first.equals(second)) {
            return second;
        }
        first.addSuppressed(second);
        return first;
    }

    /** Ends it. */
    @Override
    public void close() {
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
    }
}
