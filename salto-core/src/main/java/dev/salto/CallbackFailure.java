// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.CallFailure;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

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

    /** The function pointer that was called. */
    public MemorySegment address() {
        return MemorySegment.ofAddress(failure.closure().address());
    }

    /**
     * The type of the closure: its interface, and the function's type in C, as in {@code int(void
     * *, int64_t)}.
     */
    public String type() {
        return failure.closure().type();
    }

    /**
     * The name of the class of the object that the closure is bound to; as {@link
     * UseAfterFree#targetClass}.
     */
    public String targetClass() {
        return failure.closure().targetClass();
    }

    /** The closure's {@linkplain Closure#labelled label}; empty if it has none. */
    public Optional<String> label() {
        return Optional.ofNullable(failure.closure().label());
    }

    /**
     * Whether {@link Callbacks#callAndRethrow} throws the exception when the native code has
     * returned.
     */
    public boolean isRethrown() {
        return failure.isRethrown();
    }

    /**
     * Reports the exception, as {@link ExceptionPolicy#returnZero} does: to the uncaught-exception
     * handler of the thread or of all threads, if the application has set one, or else to the log.
     */
    public void report() {
        failure.report();
    }

    /** Which closure it was, for a log. The exception is not in it. */
    @Override
    public String toString() {
        return failure.toString();
    }
}
