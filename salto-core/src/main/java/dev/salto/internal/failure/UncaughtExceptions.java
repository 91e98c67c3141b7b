// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/** Where exceptions go that nobody can catch, because native code is in between. */
public final class UncaughtExceptions {
    /** How many calls it takes to print a stack trace, which most handlers do. */
    private static final int FRAMES = 200;

    private UncaughtExceptions() {}

    /**
     * Gives an exception to the thread's handler, as a thread does that ends with one. Throws
     * nothing.
     */
    public static void pass(Throwable exception) {
        try {
            StackRoom.require(FRAMES);
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, exception);
        } catch (Throwable e) {
            // As with threads, what a handler throws is ignored.
        }
    }
}
