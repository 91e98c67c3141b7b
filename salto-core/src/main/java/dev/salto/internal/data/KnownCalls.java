// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

/** Makes the calls of one kind known while they are answered, see {@link ActiveCall}. */
public final class KnownCalls implements DataDrivenFunction {
    private final DataDrivenFunction function;

    /** The same function, with calls that are known. */
    public KnownCalls(DataDrivenFunction function) {
        this.function = function;
        // Initialises the class.
        ActiveCall _ = ActiveCall.current();
    }

    @Override
    public CallPlan plan() {
        return function.plan();
    }

    @Override
    public void call(Object target, int id, long frame) throws Throwable {
        ActiveCall active = new ActiveCall(function.plan(), frame);
        try {
            active.begin();
            function.call(target, id, frame);
        } finally {
            active.isOver = true;
            active.end();
        }
    }

    @Override
    public void failed(Throwable exception, int id, long frame) throws Throwable {
        function.failed(exception, id, frame);
    }
}
