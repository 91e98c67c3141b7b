// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.events.Events;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Handles exceptions that leave callbacks of one type. Dispatchers call its methods. */
public final class ExceptionCatcher {
    private static final LongAdder COUNT = new LongAdder();

    private final Optional<MemoryLayout> result;
    private final Class<?> carrier;
    private final @Nullable Object zero;
    private final ClosureSettings settings;
    private final ReportedClosure.Finder closures;

    /**
     * Makes the handling of one type of callback.
     *
     * @param function the type in C
     * @param zero the default result for native code; null if there is none
     * @param settings the choices of the type
     * @param closures finds the closure of a call
     */
    public ExceptionCatcher(FunctionDescriptor function, @Nullable Object zero, ClosureSettings settings,
            ReportedClosure.Finder closures) {
        this.result = function.returnLayout();
        this.carrier = MethodType.methodType(function.toMethodType().returnType()).wrap().returnType();
        this.zero = zero;
        this.settings = settings;
        this.closures = closures;
    }

    /** How many exceptions left a callback. */
    public static long count() {
        return COUNT.sum();
    }

    /**
     * Handles an exception.
     *
     * @param id the slot of the closure that was called
     * @return the result for native code, boxed
     * @throws Throwable the exception itself, if the JVM has to end
     */
    public @Nullable Object caught(Throwable exception, int id) throws Throwable {
        ExceptionHandling handling = settings.exceptions();
        if (exception instanceof Guard.Pending pending) {
            return answer(handling, pending.exception, id, true);
        }
        boolean isCarried = carryAndCount(exception);
        if (!isCarried && handling.endsProcess()) {
            throw exception;
        }
        if (!isCarried && handling.handler() == null) {
            report(exception, id);
        }
        return answer(handling, exception, id, isCarried);
    }

    /** Handles an exception of the policy for calls of closed closures. Throws nothing. */
    static void caughtOfClosed(Throwable exception, ReportedClosure closure) {
        if (!carryAndCount(exception)) {
            new CallFailure(exception, closure, false).report();
        }
    }

    /** Has a guard carry an exception, if there is one on this thread. Throws nothing. */
    private static boolean carryAndCount(Throwable exception) {
        boolean isCarried = false;
        try {
            isCarried = Guard.carry(exception);
        } catch (Throwable e) {
            // The stack or the memory may be too short even for this.
        }
        try {
            COUNT.increment();
            Events.exceptionInCallback(exception, isCarried);
        } catch (Throwable e) {
            // As above.
        }
        return isCarried;
    }

    /** Returns the result for native code, boxed. */
    private @Nullable Object answer(ExceptionHandling handling, Throwable exception, int id, boolean isRethrown) {
        Function<? super CallFailure, ? extends @Nullable Object> handler = handling.handler();
        if (handler == null) {
            Object value = handling.value();
            return value == null ? zero : value;
        }
        try {
            return requireFits(handler.apply(new CallFailure(exception, closures.find(id), isRethrown)));
        } catch (Throwable e) {
            report(e, id);
            return zero;
        }
    }

    private void report(Throwable exception, int id) {
        try {
            new CallFailure(exception, closures.find(id), false).report();
        } catch (Throwable e) {
            // The stack is too short for the call.
        }
    }

    /**
     * Refuses a value that is no result of the function.
     *
     * @return {@code value}; null if the function returns nothing
     * @throws RuntimeException if it is of another type, or cannot be returned
     */
    public @Nullable Object requireFits(@Nullable Object value) {
        if (result.isEmpty()) {
            return null;
        }
        if (!carrier.isInstance(value)) {
            throw new IllegalArgumentException(
                    "%s is no result of a function that returns %s; it has to be a %s".formatted(value, result.get(),
                            carrier.getName()));
        }
        return value instanceof MemorySegment segment ? ReturnedSegment.of(result.get()).require(segment) : value;
    }
}
