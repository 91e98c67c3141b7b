// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/**
 * An exception that left a callback.
 *
 * @param exception what the callback threw
 * @param closure the closure that was called
 * @param isRethrown whether a guard carries it
 */
public record CallFailure(Throwable exception, ReportedClosure closure, boolean isRethrown) {
    /** Describes the closure, for a log. The exception is the user's, and may not be printable. */
    @Override
    public String toString() {
        return "An exception left a callback: %s.".formatted(closure.describe());
    }

    /** Reports the exception, as {@link UncaughtExceptions#report} does. Throws nothing. */
    public void report() {
        UncaughtExceptions.report(exception, this);
    }
}
