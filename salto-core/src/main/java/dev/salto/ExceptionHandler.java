// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.FunctionDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Deals with the exceptions that leave callbacks of a type, see {@link ExceptionPolicy#handleBy}.
 */
@FunctionalInterface
public interface ExceptionHandler {
    /**
     * Says what native code gets instead of a result. Is called by the thread that the exception
     * occurred on, while native code waits, and by several threads at once if callbacks fail on
     * several; within {@link Callbacks#callAndRethrow} also for each later callback, which is not
     * run.
     *
     * <p>If it throws something itself, or returns something that is no result of the function,
     * Salto reports that, and native code gets zero.
     *
     * @param failure the exception, and which closure it left
     * @return the result, boxed, of the type that {@link FunctionDescriptor#toMethodType} gives;
     *     anything, null included, for a function without a result
     */
    @Nullable
    Object handle(CallbackFailure failure);
}
