// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.Carrier;
import dev.salto.internal.data.DataDrivenFunction;
import dev.salto.internal.failure.ExceptionCatcher;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Calls the objects of a kind without a gate, with boxed arguments. */
final class BoxedFunction implements DataDrivenFunction {
    private final CallPlan plan;
    private final ExceptionCatcher exceptions;
    private final MethodHandle call;
    private final @Nullable MethodHandle invoker;
    private final @Nullable HotFunction hot;

    /**
     * A function without a gate.
     *
     * @param call from {@link BoxedCall}
     * @param invoker takes an object, and then what native code passes; null if the objects are
     *     method handles that take that
     * @param hot makes a gate when there were many calls; null if none is to be made
     */
    BoxedFunction(CallPlan plan, ExceptionCatcher exceptions, MethodHandle call, @Nullable MethodHandle invoker,
            @Nullable HotFunction hot) {
        this.plan = plan;
        this.exceptions = exceptions;
        this.call = call;
        this.invoker = invoker;
        this.hot = hot;
    }

    @Override
    public CallPlan plan() {
        return plan;
    }

    @Override
    public void call(Object target, int id, long frame) throws Throwable {
        if (hot != null) {
            hot.count();
        }
        int first = invoker == null ? 0 : 1;
        Object[] values = new Object[first + plan.count()];
        if (first > 0) {
            values[0] = target;
        }
        Arena segments = null;
        try {
            for (int i = 0; i < plan.count(); i++) {
                if (plan.carrier(i) != Carrier.SEGMENT) {
                    values[first + i] = plan.get(i, frame);
                } else {
                    segments = segments == null ? Arena.ofConfined() : segments;
                    values[first + i] = plan.getSegment(i, frame, segments);
                }
            }
            MethodHandle callee = invoker == null ? (MethodHandle) target : invoker;
            Object result = (Object) call.invokeExact(callee, values);
            plan.returnBoxed(frame, exceptions.requireFits(result));
        } finally {
            if (segments != null) {
                segments.close();
            }
        }
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
