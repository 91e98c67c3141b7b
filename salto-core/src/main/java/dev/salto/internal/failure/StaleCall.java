// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.os.Os;
import java.util.List;

/**
 * A call of a closure that was closed.
 *
 * @param closure the closure
 * @param closedAt where it was closed, innermost first; empty without tracing
 * @param thread the thread that called
 * @param returnAddress the return address of the call; 0 if it is not known
 */
public record StaleCall(ReportedClosure closure, List<StackTraceElement> closedAt, Thread thread, long returnAddress) {
    /** Makes the list unmodifiable. */
    public StaleCall {
        closedAt = List.copyOf(closedAt);
    }

    /** Describes the code of the return address, for people. */
    public String caller() {
        return returnAddress == 0
                ? "native code that is not known"
                : Os.current().describe(returnAddress);
    }

    /** Describes the whole event, for a log. */
    public String describe() {
        StringBuilder text = new StringBuilder(
                "Native code called a closure that was closed: %s; called by thread %s, from %s.%s".formatted(
                        closure.describe(), thread.getName(), caller(),
                        closure.hasResult() ? " The call returned zero." : ""));
        if (closedAt.isEmpty()) {
            text.append(" (-D%s=true records where closures are closed.)".formatted(StaleCalls.TRACING));
        } else {
            text.append(" It was closed here:");
            closedAt.forEach(frame -> text.append("\n\tat ").append(frame));
        }
        return text.toString();
    }
}
