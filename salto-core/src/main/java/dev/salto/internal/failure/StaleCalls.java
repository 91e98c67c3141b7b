// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.events.Events;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts the calls of closed closures, and passes them to a handler. */
public final class StaleCalls {
    /** The system property that switches the stack traces of {@code close()} on. */
    public static final String TRACING = "dev.salto.trace.close";

    private static final LongAdder COUNT = new LongAdder();

    private static final boolean IS_TRACING = Boolean.getBoolean(TRACING);

    private static volatile boolean hasTraced = IS_TRACING;

    private StaleCalls() {}

    /** How many there were. */
    public static long count() {
        return COUNT.sum();
    }

    /** Whether the system property says that stack traces are recorded when closures are closed. */
    static boolean isTracingByProperty() {
        return IS_TRACING;
    }

    /** Whether such stack traces are or were ever recorded. */
    public static boolean hasTraced() {
        return hasTraced;
    }

    /** Notes that such stack traces are recorded for some closures from now on. */
    static void noteTracing() {
        hasTraced = true;
    }

    /**
     * Counts a call and passes it on. Throws nothing: native code waits for an answer. A guard
     * carries what the handler throws, like an exception of a callback.
     */
    public static void report(StaleCall call, ClosureSettings settings) {
        try {
            COUNT.increment();
            if (Events.isRecording()) {
                Events.usedAfterFree(call.closure().type(), call.closure().targetClass(), call.returnAddress());
            }
        } catch (Throwable e) {
            // The stack or the memory may be too short even for this.
        }
        Consumer<StaleCall> chosen = settings.useAfterFree();
        try {
            if (chosen == null) {
                log(call);
            } else {
                chosen.accept(call);
            }
        } catch (Throwable e) {
            ExceptionCatcher.caughtOfClosed(e, call.closure());
        }
    }

    /** Counts a call without details, for example because the stack was spent. Throws nothing. */
    public static void reportFailed(Throwable reason) {
        try {
            COUNT.increment();
        } catch (OutOfMemoryError e) {
            // A counter that threads share grows.
        }
        UncaughtExceptions.report(reason, "A call of a closed closure could not be reported.");
    }

    /** Has a call logged by another thread, unless there were too many just before. */
    public static void log(StaleCall call) {
        ReportThread.report(call);
    }

    /** Ends the process, with a message. */
    public static void stop(StaleCall call) {
        try {
            System.err.println("dev.salto: FATAL: " + call.describe() + " The process ends, as the policy is.");
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
