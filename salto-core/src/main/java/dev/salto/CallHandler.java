// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import org.jspecify.annotations.Nullable;

/**
 * What native code reaches through a {@link CallInterface}: one method for functions of every type.
 */
@FunctionalInterface
public interface CallHandler {
    /**
     * Answers a call from native code. An exception that leaves it, or a result of another type
     * than the function's, goes to the thread's uncaught-exception handler, and native code gets
     * zero, unless {@link ClosureOption#onException} or {@link Callbacks#callAndRethrow} say
     * otherwise.
     *
     * @param callInterface the function's type
     * @param arguments the arguments, boxed, each of the type that {@link CallInterface#types}
     *     gives; a new array for each call. Segments of structs are valid during the call
     * @return the result, boxed, of the type that {@link CallInterface#types} gives; whatever it
     *     likes, null included, for a function without a result
     *
     */
    @Nullable
    Object call(CallInterface callInterface, Object[] arguments);
}
