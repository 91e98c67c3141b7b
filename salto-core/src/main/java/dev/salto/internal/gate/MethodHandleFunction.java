// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.DataDrivenFunction;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.text.TextImage;
import java.lang.invoke.MethodHandle;

/** Calls the method handles of a kind that has no gate yet. */
final class MethodHandleFunction implements DataDrivenFunction {
    private final CallPlan plan;
    private final ExceptionCatcher exceptions;
    private final MethodHandle call;
    private final HotFunction hot;

    /**
     * A function without a gate.
     *
     * @param call from {@link BoxedCall}
     */
    MethodHandleFunction(TextImage image, CallPlan plan, ExceptionCatcher exceptions, MethodHandle call) {
        this.plan = plan;
        this.exceptions = exceptions;
        this.call = call;
        this.hot = HotFunction.ofMethodHandles(image, plan.function(), exceptions);
    }

    /** Makes the gate when there were many calls. */
    HotFunction hot() {
        return hot;
    }

    @Override
    public CallPlan plan() {
        return plan;
    }

    @Override
    public void call(Object target, int id, long frame) throws Throwable {
        hot.count();
        Object[] values = new Object[plan.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = plan.get(i, frame);
        }
        Object result = (Object) call.invokeExact((MethodHandle) target, values);
        plan.returnBoxed(frame, exceptions.requireFits(result));
    }

    @Override
    public void failed(Throwable exception, int id, long frame) throws Throwable {
        plan.returnZero(frame);
        Object result = exceptions.caught(exception, id);
        if (result != null) {
            plan.returnBoxed(frame, result);
        }
    }
}
