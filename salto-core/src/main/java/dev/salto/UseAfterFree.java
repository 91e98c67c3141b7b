// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCall;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A call of a closure that was closed. Native code gets zero, or a struct of zeros, and goes on.
 *
 * <p>Immutable.
 */
public final class UseAfterFree {
    private final StaleCall call;

    UseAfterFree(StaleCall call) {
        this.call = call;
    }

    StaleCall call() {
        return call;
    }

    /** The function pointer that was called. */
    public MemorySegment address() {
        return MemorySegment.ofAddress(call.closure().address());
    }

    /**
     * The type of the closure: its interface, and the function's type in C, as in {@code int(void
     * *, int64_t)}.
     */
    public String type() {
        return call.closure().type();
    }

    /**
     * The name of the class of the object that the closure was bound to when it was closed; or
     * {@code class that is not known}, if a garbage collection has freed what was kept for its
     * table.
     */
    public String targetClass() {
        return call.closure().targetClass();
    }

    /** The closure's {@linkplain Closure#labelled label}; empty if it had none. */
    public Optional<String> label() {
        return Optional.ofNullable(call.closure().label());
    }

    /**
     * Where the closure was closed, innermost first; empty if that was not {@linkplain
     * ClosureOption#traceCloses recorded}.
     */
    public List<StackTraceElement> closedAt() {
        return call.closedAt();
    }

    /** The thread that called. */
    public Thread thread() {
        return call.thread();
    }

    /**
     * The return address of the call. Only the closures of a {@link CallInterface} without a gate
     * know it.
     *
     * @return the address of the native instruction behind the call, or 0 if it is not known
     */
    public long returnAddress() {
        return call.returnAddress();
    }

    /**
     * The native code that called, if {@link #returnAddress} is known: the address, its library,
     * and the distance from the beginning of that file. Looked up at each call of this method.
     */
    public String caller() {
        return call.caller();
    }

    /** All of it, as it is logged. */
    @Override
    public String toString() {
        return call.describe();
    }
}
