// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.text.Warnings;
import java.util.OptionalLong;

/** Reports exceptions that no Java code can catch, because native code is in between. */
public final class UncaughtExceptions {
    /** The number of nested calls to print a stack trace, as most handlers do. */
    private static final int FRAMES = 200;

    private static final RateLimit LIMIT = new RateLimit();

    private UncaughtExceptions() {}

    /**
     * Passes an exception to the uncaught-exception handler, if the application has set one for the
     * thread or for all threads. Otherwise logs it, unless there were too many just before. Throws
     * nothing.
     *
     * @param source its text says where the exception comes from
     */
    public static void report(Throwable exception, Object source) {
        try {
            StackRoom.require(FRAMES);
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
            if (isSet(handler)) {
                handler.uncaughtException(thread, exception);
            } else {
                log(exception, source);
            }
        } catch (Throwable e) {
            // As with threads, exceptions of a handler are ignored.
        }
    }

    /** Whether a handler is the application's, and not the JDK's, which prints all exceptions. */
    private static boolean isSet(Thread.UncaughtExceptionHandler handler) {
        return !handler.getClass().equals(ThreadGroup.class) || Thread.getDefaultUncaughtExceptionHandler() != null;
    }

    private static void log(Throwable exception, Object source) {
        OptionalLong skipped = LIMIT.tryPass();
        if (skipped.isPresent()) {
            long count = skipped.getAsLong();
            Warnings.log(
                    source + (count == 0 ? "" : " " + count + " more exceptions were counted and not logged."),
                    exception);
        }
    }
}
