// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.failure.ClosureSettings;

/**
 * The closures of one kind that see foreign threads call.
 *
 * @param function answers the calls
 * @param settings the choices of the kind
 */
public record ThreadsSeen(DataDrivenFunction function, ClosureSettings settings) implements DataDrivenFunction {
    @Override
    public CallPlan plan() {
        return function.plan();
    }

    @Override
    public void call(Object target, int id, long frame) throws Throwable {
        settings.seeThread();
        function.call(target, id, frame);
    }

    @Override
    public void failed(Throwable exception, int id, long frame) throws Throwable {
        function.failed(exception, id, frame);
    }
}
