// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.ReturnedSegment;
import dev.salto.internal.table.ClosedCalls;
import dev.salto.internal.table.Tables;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The methods of Salto that a dispatcher calls. A link is a constant of the dispatcher's class, so
 * the JIT compiler inlines them.
 *
 * @param exceptions takes exceptions of the object, if the closure's kind has no rules for that
 * @param zero the result of a function without an answer, if that is a segment
 * @param returned checks results of the object; null if they are no segments
 * @param counted counts the calls; null if they are not counted
 * @param seesThreads as in {@link dev.salto.internal.failure.ClosureSettings#seesThreads}
 */
@SuppressWarnings("overloads") // those of andThen, which nobody calls
record DispatcherLink(ExceptionCatcher exceptions, MemorySegment zero, @Nullable ReturnedSegment returned,
        @Nullable MixedGate counted, boolean seesThreads)
        implements
            IntFunction<@Nullable Object>,
            IntConsumer,
            IntUnaryOperator,
            BiFunction<@Nullable Integer, @Nullable Object, @Nullable Object>,
            Supplier<MemorySegment> {
    /** The object that a call reaches; null if its closure is closed. */
    @Override
    public @Nullable Object apply(int id) {
        Object target = Tables.called(id);
        if (counted != null) {
            counted.count(id);
        }
        if (seesThreads && target != null) {
            Tables.kind(id).settings().seeThread();
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

    /**
     * Returns the result for native code, boxed.
     *
     * @param id the slot's; null for a segment
     * @param outcome the exception that left the object, or the segment that it returned
     */
    @Override
    public @Nullable Object apply(@Nullable Integer id, @Nullable Object outcome) {
        if (id == null) {
            return Objects.requireNonNull(returned).require((MemorySegment) outcome);
        }
        try {
            ExceptionCatcher own = Tables.kind(id).rules() instanceof ExceptionCatcher rules ? rules : exceptions;
            return own.caught((Throwable) Objects.requireNonNull(outcome), id);
        } catch (Throwable e) {
            throw DispatcherLink.<RuntimeException>unchecked(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable exception) throws X {
        throw (X) exception;
    }

    @Override
    public MemorySegment get() {
        return zero;
    }
}
