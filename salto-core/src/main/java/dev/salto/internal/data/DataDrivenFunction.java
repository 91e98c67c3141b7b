// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

/** The closures of one kind, for the universal gate. */
public interface DataDrivenFunction {
    /** How to read the native arguments. */
    CallPlan plan();

    /**
     * Answers a call.
     *
     * @param target the object that the closure is bound to
     * @param id the closure's slot
     * @param frame the address of the generic entry's frame
     */
    void call(Object target, int id, long frame) throws Throwable;

    /**
     * Handles an exception that left the callback.
     *
     * @param id the slot of the closure
     * @throws Throwable the exception, if it is to end the process
     */
    void failed(Throwable exception, int id, long frame) throws Throwable;
}
