// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.events.Events;
import dev.salto.internal.text.Warnings;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts the calls of closed closures, and passes them to a handler. */
public final class StaleCalls {
    /** The system property that switches the stack traces of {@code close()} on. */
    public static final String TRACING = "dev.salto.trace.close";

    /** The system property with the reaction. */
    public static final String POLICY = "dev.salto.use-after-free";

    private static final LongAdder COUNT = new LongAdder();
    private static final RateLimit LIMIT = new RateLimit();

    private static volatile boolean isTracing = Boolean.getBoolean(TRACING);
    private static volatile boolean hasTraced = isTracing;
    private static volatile @Nullable Consumer<StaleCall> handler;

    private StaleCalls() {}

    /** How many there were. */
    public static long count() {
        return COUNT.sum();
    }

    /** Whether stack traces are recorded when closures are closed. */
    public static boolean isTracing() {
        return isTracing;
    }

    /** Whether such stack traces are or were ever recorded. */
    public static boolean hasTraced() {
        return hasTraced;
    }

    public static void setTracing(boolean traces) {
        hasTraced |= traces;
        isTracing = traces;
    }

    /**
     * Sets the handler of later calls.
     *
     * @param newHandler runs on the calling thread, while native code waits
     */
    public static void setHandler(Consumer<StaleCall> newHandler) {
        handler = newHandler;
    }

    /**
     * Makes sure that there is a handler.
     *
     * @throws IllegalArgumentException if the value of the system property is unknown
     */
    public static void requireSettings() {
        Consumer<StaleCall> _ = handler();
    }

    private static Consumer<StaleCall> handler() {
        Consumer<StaleCall> set = handler;
        if (set != null) {
            return set;
        }
        String value = System.getProperty(POLICY, "");
        return switch (value) {
            case "", "report" -> StaleCalls::log;
            case "stop" -> StaleCalls::stop;
            default -> throw new IllegalArgumentException(
                    "-D%s=%s is neither \"report\", the default, nor \"stop\"".formatted(POLICY, value));
        };
    }

    /** Counts a call and passes it on. Throws nothing: native code waits for an answer. */
    public static void report(StaleCall call) {
        try {
            COUNT.increment();
            Events.usedAfterFree(call.type(), call.boundTo(), call.returnAddress());
            handler().accept(call);
        } catch (Throwable e) {
            UncaughtExceptions.pass(e);
        }
    }

    /** Counts a call without details, for example because the stack was spent. Throws nothing. */
    public static void reportFailed(Throwable reason) {
        try {
            COUNT.increment();
        } catch (OutOfMemoryError e) {
            // A counter that threads share grows.
        }
        UncaughtExceptions.pass(reason);
    }

    /** Logs a call, unless there were too many just before. */
    public static void log(StaleCall call) {
        LIMIT.tryPass().ifPresent(skipped -> Warnings.log(call.describe()
                + (skipped == 0 ? "" : " " + skipped + " more calls of closed closures were counted and not logged.")));
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
