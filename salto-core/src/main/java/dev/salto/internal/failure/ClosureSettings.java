// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The choices of one type for failures of its closures. Only failures read them, and
 * {@code close()} if closes are traced. A choice that was not made is null.
 *
 * <p>The choice of the application comes first, then that of the type, then the system property,
 * then the default.
 */
public final class ClosureSettings {
    /** The system property that says whether to record where closures are bound. */
    private static final String TRACING_OF_BINDS = "dev.salto.trace.bind";

    /** No choice: exceptions return zero. */
    public static final ClosureSettings DEFAULT = new ClosureSettings(ExceptionHandling.ZERO, null, null, null, false,
            true);

    /** No choice, for stubs: exceptions end the JVM. */
    public static final ClosureSettings ENDING_PROCESS = new ClosureSettings(ExceptionHandling.END, null, null, null,
            false, true);

    private static final ClosureSettings NOTHING = new ClosureSettings(null, null, null, null, false, true);

    /** The choices of the application for all types. */
    private static volatile ClosureSettings override = NOTHING;

    private final @Nullable ExceptionHandling exceptions;
    private final @Nullable Consumer<StaleCall> useAfterFree;
    private final @Nullable Boolean tracesCloses;
    private final @Nullable Boolean tracesBinds;
    private final boolean knowsCall;
    private final @Nullable ForeignThreads threads;
    private final boolean isShared;

    /**
     * Settings.
     *
     * @param exceptions what happens to exceptions; null in an override that leaves it open
     * @param useAfterFree gets the calls of closed closures; null if that was not chosen
     * @param tracesCloses whether closes are traced; null if that was not chosen
     * @param tracesBinds whether binds are traced; null if that was not chosen
     * @param knowsCall whether callbacks have access to the native call
     * @param isBuiltIn whether {@code useAfterFree} is nothing of the user's
     */
    public ClosureSettings(@Nullable ExceptionHandling exceptions, @Nullable Consumer<StaleCall> useAfterFree,
            @Nullable Boolean tracesCloses, @Nullable Boolean tracesBinds, boolean knowsCall, boolean isBuiltIn) {
        this(exceptions, useAfterFree, tracesCloses, tracesBinds, knowsCall, null, isBuiltIn);
    }

    private ClosureSettings(@Nullable ExceptionHandling exceptions, @Nullable Consumer<StaleCall> useAfterFree,
            @Nullable Boolean tracesCloses, @Nullable Boolean tracesBinds, boolean knowsCall,
            @Nullable ForeignThreads threads, boolean isBuiltIn) {
        this.exceptions = exceptions;
        this.useAfterFree = useAfterFree;
        this.tracesCloses = tracesCloses;
        this.tracesBinds = tracesBinds;
        this.knowsCall = knowsCall;
        this.threads = threads;
        this.isShared = isBuiltIn && (exceptions == null || exceptions.isBuiltIn());
        if (Boolean.TRUE.equals(tracesCloses)) {
            StaleCalls.noteTracing();
        }
    }

    /** The same settings of closures that see foreign threads call. */
    public ClosureSettings withThreads(ForeignThreads seen) {
        return new ClosureSettings(exceptions, useAfterFree, tracesCloses, tracesBinds, knowsCall, seen, false);
    }

    /** Whether closures see foreign threads call. */
    public boolean seesThreads() {
        return threads != null;
    }

    /** Sees the current thread call a closure. */
    public void seeThread() {
        if (threads != null) {
            threads.see();
        }
    }

    /** Makes these settings override those of all types. They replace earlier ones. */
    public static void override(ClosureSettings settings) {
        override = settings;
    }

    /**
     * Whether types with equal settings can share their slots: the settings have no object of the
     * user.
     */
    public boolean isShared() {
        return isShared;
    }

    /** The choice for exceptions; null if there is none. */
    public @Nullable ExceptionHandling chosenExceptions() {
        return exceptions;
    }

    /** The handling of exceptions that leave a callback. */
    ExceptionHandling exceptions() {
        ExceptionHandling first = override.exceptions;
        return first != null ? first : Objects.requireNonNull(exceptions);
    }

    /** Whether an exception that leaves a callback ends the process. */
    public boolean endsProcess() {
        return exceptions().endsProcess();
    }

    /** The consumer of calls of closed closures; null without a choice. */
    @Nullable
    Consumer<StaleCall> useAfterFree() {
        Consumer<StaleCall> first = override.useAfterFree;
        return first != null ? first : useAfterFree;
    }

    /** Whether stack traces are recorded when closures are closed. */
    public boolean tracesCloses() {
        Boolean first = override.tracesCloses;
        Boolean chosen = first != null ? first : tracesCloses;
        return chosen != null ? chosen : StaleCalls.isTracingByProperty();
    }

    /** Whether callbacks have access to the native call. */
    public boolean knowsCall() {
        return knowsCall;
    }

    /** Whether calls need what only a generic entry stores, and so no gate. */
    public boolean areWithoutGate() {
        return knowsCall || tracesCloses();
    }

    /** Whether stack traces are recorded when closures are bound. */
    public boolean tracesBinds() {
        Boolean first = override.tracesBinds;
        Boolean chosen = first != null ? first : tracesBinds;
        return chosen != null ? chosen : Boolean.getBoolean(TRACING_OF_BINDS);
    }

    // Written out: for a record's own methods, the JVM would make classes with the first type.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClosureSettings that && isSame(exceptions, that.exceptions)
                && Objects.equals(useAfterFree, that.useAfterFree) && Objects.equals(tracesCloses, that.tracesCloses)
                && Objects.equals(tracesBinds, that.tracesBinds) && knowsCall == that.knowsCall
                && isSame(threads, that.threads);
    }

    @SuppressWarnings("ReferenceEquality") // what is the user's may have an equals of its own
    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return one == other;
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(useAfterFree) + Objects.hashCode(tracesCloses);
    }
}
