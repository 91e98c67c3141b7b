// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.ClosedCalls;
import dev.salto.internal.table.Tables;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher needs of Salto. It is a constant of the dispatcher's class, whose calls of it
 * the JIT compiler inlines.
 *
 * @param exceptions takes what the object throws, if the closure's kind has no rules for that
 * @param zero what a function returns that has nothing to return, if that is a segment
 * @param counted counts the calls; null if nobody does
 */
@SuppressWarnings("overloads") // those of andThen, which nobody calls
record DispatcherLink(ExceptionCatcher exceptions, MemorySegment zero, @Nullable MixedGate counted)
        implements
            IntFunction<@Nullable Object>,
            IntConsumer,
            IntUnaryOperator,
            BiFunction<Integer, Throwable, @Nullable Object>,
            Consumer<@Nullable MemorySegment>,
            Supplier<MemorySegment> {
    /** The object that a slot is bound to; null if it is closed. */
    @Override
    public @Nullable Object apply(int id) {
        Object target = Tables.target(id);
        if (counted != null) {
            counted.count(id);
        }
        return target;
    }

    /** Reports the call of a closed closure. */
    @Override
    public void accept(int id) {
        ClosedCalls.report(id);
    }

    /** The number of the class of the object that a slot is bound to. */
    @Override
    public int applyAsInt(int id) {
        return Tables.classNumber(id);
    }

    /** Deals with an exception, and says what native code gets, boxed. */
    @Override
    public @Nullable Object apply(Integer id, Throwable exception) {
        try {
            ExceptionCatcher own = Tables.kind(id).rules() instanceof ExceptionCatcher rules ? rules : exceptions;
            return own.caught(exception);
        } catch (Throwable e) {
            throw DispatcherLink.<RuntimeException>unchecked(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable exception) throws X {
        throw (X) exception;
    }

    /** Refuses a segment that cannot be returned. */
    @Override
    public void accept(@Nullable MemorySegment returned) {
        exceptions.requireReturnable(returned);
    }

    @Override
    public MemorySegment get() {
        return zero;
    }
}
