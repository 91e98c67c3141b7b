// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCalls;

/**
 * The reaction to a native call of a closed closure, after the call was
 * {@linkplain Statistics#usesAfterFree counted}. {@link ClosureOption#onUseAfterFree} sets it for a
 * type.
 */
@FunctionalInterface
public interface UseAfterFreePolicy {
    /**
     * Has a thread of Salto's log a warning, with the logger {@code dev.salto}, and continues. It
     * logs ten at once and then one in each second. Others are only counted, and the next warning
     * says how many. If the process ends before that, they are printed to the standard error
     * stream.
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
     * Handles one call. It runs on the calling thread, while native code waits for its zero, and on
     * several threads at once if several call. An exception counts as an exception of the
     * callback.
     *
     * @param call the call
     */
    void used(UseAfterFree call);
}
