// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.FunctionDescriptor;
import org.jspecify.annotations.Nullable;

/** Handles exceptions that leave callbacks of a type, see {@link ExceptionPolicy#handleBy}. */
@FunctionalInterface
public interface ExceptionHandler {
    /**
     * Returns the result for native code. It runs on the thread of the exception, while native code
     * waits, and on several threads at once if callbacks fail on several. Within
     * {@link Callbacks#callAndRethrow} it also runs instead of each later callback.
     *
     * <p>If it throws an exception itself, or its result does not fit the function, Salto reports
     * that, and native code gets zero.
     *
     * @param failure the exception, and the closure that it left
     * @return the result, boxed, of the type that {@link FunctionDescriptor#toMethodType} gives;
     *     any value, null included, for a function without a result
     */
    @Nullable
    Object handle(CallbackFailure failure);
}
