// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/** Handles exceptions that no Java code can catch, because native code is in between. */
public final class UncaughtExceptions {
    /** The number of nested calls to print a stack trace, as most handlers do. */
    private static final int FRAMES = 200;

    private UncaughtExceptions() {}

    /**
     * Passes an exception to the thread's handler, like a thread that ends with one. Throws
     * nothing.
     */
    public static void pass(Throwable exception) {
        try {
            StackRoom.require(FRAMES);
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, exception);
        } catch (Throwable e) {
            // As with threads, exceptions of a handler are ignored.
        }
    }
}
