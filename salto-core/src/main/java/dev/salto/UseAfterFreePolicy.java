// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCalls;

/**
 * What happens when native code calls a closure that was closed, after the call was {@linkplain
 * Statistics#usesAfterFree counted}. A type has it by {@link ClosureOption#onUseAfterFree}.
 */
@FunctionalInterface
public interface UseAfterFreePolicy {
    /**
     * Logs a warning, with the logger {@code dev.salto}, and goes on. Ten at once and one a second
     * after that; the others are counted only.
     */
    UseAfterFreePolicy LOG = call -> StaleCalls.log(call.call());

    /**
     * Throws a {@link UseAfterFreeException}, as if the closed callback had thrown it: {@link
     * Callbacks#callAndRethrow} carries it.
     */
    UseAfterFreePolicy THROW = call -> {
        throw new UseAfterFreeException(call);
    };

    /**
     * Ends the process, with a message on the standard error stream and exit code 1, without
     * shutdown hooks.
     */
    UseAfterFreePolicy END_PROCESS = call -> StaleCalls.stop(call.call());

    /**
     * Deals with one call. It is called by the thread that made the call, while native code waits
     * for its zero, and by several threads at once if several call. What it throws is dealt with
     * like an exception of the callback.
     *
     * @param call what there is to know
     */
    void used(UseAfterFree call);
}
