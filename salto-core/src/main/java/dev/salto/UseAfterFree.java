// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCall;
import java.util.List;

/**
 * A call of a closure that was closed. Native code got zero, or a struct of zeros, and goes on; here is what there is to know about it.
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

    /** What the closure was: the name of its interface, and the C function's type. */
    public String type() {
        return call.type();
    }

    /** The name of the class of the object that the closure was bound to when it was closed. */
    public String boundTo() {
        return call.boundTo();
    }

    /** Where the closure was closed, innermost first; empty if that was not {@linkplain Salto#setCloseTracing recorded}. */
    public List<StackTraceElement> closedAt() {
        return call.closedAt();
    }

    /** The thread that called. */
    public Thread thread() {
        return call.thread();
    }

    /** The address of the native instruction behind the call; 0 if the call had begun before the closure was closed. */
    public long returnAddress() {
        return call.returnAddress();
    }

    /** The native code that called: its address, and function and library as far as the dynamic linker knows them. Looked up at each call of this method. */
    public String caller() {
        return call.caller();
    }

    /** All of it, as it is logged. */
    @Override
    public String toString() {
        return call.describe();
    }
}
