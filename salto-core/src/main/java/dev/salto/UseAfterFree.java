// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCall;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A call of a closed closure. Native code gets zero, or a struct of zeros, and continues.
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

    /** {@return the function pointer that was called} */
    public MemorySegment address() {
        return MemorySegment.ofAddress(call.closure().address());
    }

    /**
     * {@return the type of the closure: its interface, and the function's type in C, as in {@code
     * int(void *, int64_t)}}
     */
    public String type() {
        return call.closure().type();
    }

    /**
     * {@return the class name of the closure's last object} It is {@code class that is not known}
     * if a garbage collection has freed the Java memory of its table.
     */
    public String targetClass() {
        return call.closure().targetClass();
    }

    /** {@return the closure's {@linkplain Closure#labelled label}; empty if it had none} */
    public Optional<String> label() {
        return Optional.ofNullable(call.closure().label());
    }

    /**
     * {@return the stack trace of {@code close()}, innermost first; empty if it was not {@linkplain
     * ClosureOption#traceCloses recorded}}
     */
    public List<StackTraceElement> closedAt() {
        return call.closedAt();
    }

    /** {@return the thread that called} */
    public Thread thread() {
        return call.thread();
    }

    /**
     * Returns the return address of the call. It is known for closures of a {@link CallInterface}
     * without a gate, and for closures of types that {@linkplain ClosureOption#traceCloses trace}
     * closes, unless {@link Tier#GATE} asks for a gate.
     *
     * @return the address of the native instruction after the call, or 0 if it is not known
     */
    public long returnAddress() {
        return call.returnAddress();
    }

    /**
     * {@return the native caller, if {@link #returnAddress} is known: its address, its library, and
     * the distance from the beginning of that file} Each call of this method looks it up.
     */
    public String caller() {
        return call.caller();
    }

    /** Returns the text for a log. */
    @Override
    public String toString() {
        return call.describe();
    }
}
