// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.Catcher;
import dev.salto.internal.table.Tables;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher needs of Salto. It is a constant of the dispatcher's class, whose calls of it the JIT compiler inlines.
 *
 * @param exceptions takes what the object throws
 * @param zero what a function returns that has nothing to return, if that is a segment
 * @param counted counts the calls; null if nobody does
 */
@SuppressWarnings("overloads") // those of andThen, which nobody calls
record DispatcherLink(ExceptionCatcher exceptions, MemorySegment zero, @Nullable Promotion counted)
        implements
            IntFunction<@Nullable Object>,
            IntConsumer,
            Function<Throwable, @Nullable Object>,
            Consumer<@Nullable MemorySegment>,
            Supplier<MemorySegment> {
    /** The object that a slot is bound to; null if it is closed. */
    @Override
    public @Nullable Object apply(int id) {
        Object target = Tables.target(id);
        if (counted != null) {
            counted.count(target);
        }
        return target;
    }

    /** Notes a call that had passed the trampoline when its closure was closed. */
    @Override
    public void accept(int id) {
        Catcher.caughtLate(id);
    }

    /** Deals with an exception, and says what native code gets, boxed. */
    @Override
    public @Nullable Object apply(Throwable exception) {
        try {
            return exceptions.caught(exception);
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
