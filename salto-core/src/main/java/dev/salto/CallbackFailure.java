// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.CallFailure;

/**
 * An exception that left a callback, for an {@link ExceptionHandler}.
 *
 * <p>Immutable.
 */
public final class CallbackFailure {
    private final CallFailure failure;

    CallbackFailure(CallFailure failure) {
        this.failure = failure;
    }

    /** The exception: the same object that the callback threw. */
    public Throwable exception() {
        return failure.exception();
    }

    /** Whether {@link Callbacks#rethrowing} throws the exception when the native code has returned. */
    public boolean isRethrown() {
        return failure.isRethrown();
    }

    @Override
    public String toString() {
        return failure.toString();
    }
}
