// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import org.jspecify.annotations.Nullable;

/**
 * Handles native calls of a {@link CallInterface}'s closures, with one method for functions of
 * every type.
 */
@FunctionalInterface
public interface CallHandler {
    /**
     * Answers a call from native code. After an exception, or a result of another type than the
     * function's, native code gets what the {@link ExceptionPolicy} decides.
     *
     * @param called the closure that native code has called, with the function's type
     * @param arguments the arguments, boxed, each of the type that {@link CallInterface#methodType}
     *     gives; a new array for each call. Segments of structs are valid during the call
     * @return the result, boxed, of the type that {@link CallInterface#methodType} gives; any
     *     value, null included, for a function without a result
     */
    @Nullable
    Object call(CalledClosure called, Object[] arguments);
}
