// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import org.jspecify.annotations.Nullable;

/** A call that a thread answers, for callbacks that get no {@code Arguments}. */
public final class ActiveCall {
    private static final ThreadLocal<@Nullable ActiveCall> CURRENT = new ThreadLocal<>();

    private final CallPlan plan;
    private final long frame;
    private final @Nullable ActiveCall outer;

    /** Written as a field, because a call could fail at the end of the stack. */
    boolean isOver;

    /** A call that the current thread is about to answer. */
    ActiveCall(CallPlan plan, long frame) {
        this.plan = plan;
        this.frame = frame;
        this.outer = current();
    }

    void begin() {
        CURRENT.set(this);
    }

    /** Makes the call around this one current again. {@link #isOver} must be true by now. */
    void end() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    /** The innermost call of the current thread; null if there is none. */
    public static @Nullable ActiveCall current() {
        ActiveCall call = CURRENT.get();
        while (call != null && call.isOver) {
            // It ended at the end of the stack.
            call = call.outer;
        }
        return call;
    }

    /** As {@link CallPlan#lastError}. */
    public int lastError() {
        return plan.lastError(frame);
    }

    /** As {@link CallPlan#setLastError}. */
    public void setLastError(int number) {
        plan.setLastError(frame, number);
    }

    /** As {@link CallPlan#leaveBy}. */
    public void leaveBy(long target, long... words) {
        plan.leaveBy(frame, target, words);
    }
}
