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

    /** {@return the exception: the same object that the callback threw} */
    public Throwable exception() {
        return failure.exception();
    }

    /** {@return the function pointer that was called} */
    public MemorySegment address() {
        return MemorySegment.ofAddress(failure.closure().address());
    }

    /**
     * {@return the type of the closure: its interface, and the function's type in C, as in {@code
     * int(void *, int64_t)}}
     */
    public String type() {
        return failure.closure().type();
    }

    /**
     * {@return the class name of the closure's object, as {@link UseAfterFree#targetClass} does}
     */
    public String targetClass() {
        return failure.closure().targetClass();
    }

    /** {@return the closure's {@linkplain Closure#labelled label}; empty if it has none} */
    public Optional<String> label() {
        return Optional.ofNullable(failure.closure().label());
    }

    /**
     * {@return whether {@link Callbacks#callAndRethrow} throws the exception after the native code
     * has returned}
     */
    public boolean isRethrown() {
        return failure.isRethrown();
    }

    /**
     * Reports the exception, as {@link ExceptionPolicy#returnZero} does. It goes to the
     * uncaught-exception handler of the thread or of all threads, if the application has set one.
     * Otherwise it goes to the log.
     */
    public void report() {
        failure.report();
    }

    /** Returns a description of the closure for a log, without the exception. */
    @Override
    public String toString() {
        return failure.toString();
    }
}
