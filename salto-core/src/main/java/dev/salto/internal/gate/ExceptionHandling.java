// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen when an exception leaves a callback.
 *
 * @param endsProcess whether the JVM is to end, unless a guard carries the exception
 * @param handler says what native code gets, boxed; null if it gets zero
 */
public record ExceptionHandling(boolean endsProcess,
        @Nullable Function<? super Throwable, ? extends @Nullable Object> handler) {
    /** Native code gets zero. */
    public static final ExceptionHandling ZERO = new ExceptionHandling(false, null);

    /** The JVM ends. */
    public static final ExceptionHandling END = new ExceptionHandling(true, null);
}
