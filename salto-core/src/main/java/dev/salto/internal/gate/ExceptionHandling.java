// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policy for an exception that leaves a callback.
 *
 * @param endsProcess whether the JVM ends, unless a guard carries the exception
 * @param handler returns the result for native code, boxed; null for the result zero
 */
public record ExceptionHandling(boolean endsProcess,
        @Nullable Function<? super Throwable, ? extends @Nullable Object> handler) {
    /** Native code gets zero. */
    public static final ExceptionHandling ZERO = new ExceptionHandling(false, null);

    /** The JVM ends. */
    public static final ExceptionHandling END = new ExceptionHandling(true, null);
}
