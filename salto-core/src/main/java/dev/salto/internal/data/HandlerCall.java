// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

/** How handlers of one kind are called. */
@FunctionalInterface
public interface HandlerCall {
    /**
     * Calls a handler.
     *
     * @param id the slot of the closure that is called
     * @param plan how to read the arguments
     * @param frame the address from which the plan reads them
     */
    void call(Object handler, int id, CallPlan plan, long frame);
}
