// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.ExceptionHandling;
import dev.salto.internal.table.Tables;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides which result native code gets when an exception leaves a callback. C has no exceptions,
 * so native code has to get a value. {@link ClosureOption#onException} gives a type its policy.
 *
 * <p>{@link #returnZero} and {@link #returnValue} report the exception. If the application has set
 * an {@linkplain Thread.UncaughtExceptionHandler uncaught-exception handler} for the thread or for
 * all threads, that gets the exception. Otherwise the logger {@code dev.salto} gets a warning with
 * the exception, the type of the closure and the class of its object. It gets ten at once, and then
 * one in each second. {@link Statistics#exceptions} counts all.
 *
 * <p>Within {@link Callbacks#callAndRethrow}, the exception goes to the Java code that called the
 * native code, and is not reported.
 *
 * <p>A {@link StackOverflowError} in the Java code of a callback is caught like any other
 * exception. But if native code and callbacks call each other until the stack is full, it can end
 * on the way into a callback. Nobody can catch that, and the JVM ends.
 *
 * <p>Policies are immutable.
 */
public final class ExceptionPolicy {
    private static final ExceptionPolicy ZERO = new ExceptionPolicy(ExceptionHandling.ZERO, null);
    private static final ExceptionPolicy END = new ExceptionPolicy(ExceptionHandling.END, null);

    private final ExceptionHandling handling;

    /** The value for native code, if it is always the same and not zero. */
    private final @Nullable Object value;

    private ExceptionPolicy(ExceptionHandling handling, @Nullable Object value) {
        this.handling = handling;
        this.value = value;
    }

    /**
     * {@return the policy that native code gets zero: the number, a NULL pointer, or a struct whose
     * bytes are all zero} The exception is reported. This is the default of closures.
     */
    public static ExceptionPolicy returnZero() {
        return ZERO;
    }

    /**
     * Returns the policy that native code gets a value. The exception is reported.
     *
     * @param value the result, boxed, of the type that {@link FunctionDescriptor#toMethodType}
     *     gives; a struct is copied when the policy is first used
     * @return the policy, for functions with such a result
     */
    public static ExceptionPolicy returnValue(Object value) {
        return new ExceptionPolicy(ExceptionHandling.ZERO, Objects.requireNonNull(value, "value"));
    }

    /**
     * Returns the policy that native code gets the result of a handler. The exception is not
     * reported, unless the handler does that.
     *
     * @param handler takes the exception, and returns the result. It stays reachable as long as a
     *     closure of the type is open, or the type is reachable
     * @return the policy
     */
    public static ExceptionPolicy handleBy(ExceptionHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return new ExceptionPolicy(
                new ExceptionHandling(false, null, failure -> handler.handle(new CallbackFailure(failure))), null);
    }

    /**
     * {@return the policy that the JVM ends, as it does when an exception leaves an upcall stub of
     * the JDK} This is the default of {@link StaticLinker#upcallStub}.
     */
    public static ExceptionPolicy endProcess() {
        return END;
    }

    /**
     * This policy for all functions.
     *
     * @throws IllegalArgumentException if it is a value
     */
    ExceptionHandling handlingOfAll() {
        if (value != null) {
            throw new IllegalArgumentException(
                    "%s cannot override the policies of all types, because it is no result of most; use ExceptionPolicy.handleBy"
                            .formatted(this));
        }
        return handling;
    }

    /**
     * This policy for one function.
     *
     * @throws IllegalArgumentException if the value is no result of the function
     */
    ExceptionHandling handling(FunctionDescriptor function) {
        if (value == null) {
            return handling;
        }
        if (function.returnLayout().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s is no result of %s, which returns nothing; use ExceptionPolicy.returnZero()".formatted(value,
                            function));
        }
        Object fitting = Objects.requireNonNull(
                new ExceptionCatcher(function, null, ClosureSettings.DEFAULT, Tables.closures()).requireFits(value));
        MemoryLayout result = function.returnLayout().get();
        Object own = result instanceof GroupLayout
                ? Arena.ofAuto().allocate(result)
                        .copyFrom(((MemorySegment) fitting).asSlice(0, result.byteSize())).asReadOnly()
                : fitting;
        return new ExceptionHandling(false, own, null);
    }

    @Override
    public String toString() {
        if (value != null) {
            return "ExceptionPolicy.returnValue(" + value + ")";
        }
        return handling.handler() != null
                ? "ExceptionPolicy.handleBy(...)"
                : handling.endsProcess() ? "ExceptionPolicy.endProcess()" : "ExceptionPolicy.returnZero()";
    }
}
