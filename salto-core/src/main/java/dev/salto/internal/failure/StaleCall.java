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
    /** How many Java frames of the caller are logged. */
    private static final int MOST_FRAMES = 20;

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
        return describe(List.of());
    }

    /**
     * Describes the whole event, for a log.
     *
     * @param javaFrames where the calling thread is in Java, innermost first
     */
    String describe(List<StackTraceElement> javaFrames) {
        StringBuilder text = new StringBuilder(
                "Native code called a closure that was closed: %s; called by thread %s, from %s.%s".formatted(
                        closure.describe(), thread.getName(), caller(),
                        closure.hasResult() ? " The call returned zero." : ""));
        append(text, "\nJava called the native code here:", javaFrames, MOST_FRAMES);
        text.append(javaFrames.isEmpty() ? ' ' : '\n');
        append(text, "The closure was closed here:", closedAt, closedAt.size());
        if (closedAt.isEmpty()) {
            text.append("(-D%s=true records where closures are closed.)".formatted(StaleCalls.TRACING));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String title, List<StackTraceElement> frames, int most) {
        if (!frames.isEmpty()) {
            text.append(title);
        }
        for (int i = 0; i < Math.min(frames.size(), most); i++) {
            text.append("\n\tat ").append(frames.get(i));
        }
        if (frames.size() > most) {
            text.append("\n\t... ").append(frames.size() - most).append(" more");
        }
    }
}
