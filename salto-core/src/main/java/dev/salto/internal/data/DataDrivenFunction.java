// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

/** What the universal gate needs to know of the closures of one kind. */
public interface DataDrivenFunction {
    /** How to read what native code passed. */
    CallPlan plan();

    /**
     * Answers a call.
     *
     * @param target what the closure is bound to
     * @param frame the address of what the generic entry stored
     */
    void call(Object target, long frame) throws Throwable;

    /**
     * Deals with an exception that left the callback.
     *
     * @throws Throwable the exception, if it is to end the process
     */
    void failed(Throwable exception, long frame) throws Throwable;
}
