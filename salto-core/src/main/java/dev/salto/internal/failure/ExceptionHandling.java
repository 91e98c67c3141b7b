// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policy for an exception that leaves a callback.
 *
 * @param endsProcess whether the JVM is to end, unless a guard carries the exception
 * @param value what native code gets, boxed; null if it gets zero
 * @param handler says what native code gets, boxed; null if nobody of the user's is asked
 */
public record ExceptionHandling(boolean endsProcess, @Nullable Object value,
        @Nullable Function<? super CallFailure, ? extends @Nullable Object> handler) {
    /** Native code gets zero. */
    public static final ExceptionHandling ZERO = new ExceptionHandling(false, null, null);

    /** The JVM ends. */
    public static final ExceptionHandling END = new ExceptionHandling(true, null, null);

    /** Whether nothing of the user's is in it. */
    boolean isBuiltIn() {
        return value == null && handler == null;
    }
}
