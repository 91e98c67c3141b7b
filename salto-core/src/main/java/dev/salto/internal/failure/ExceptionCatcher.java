// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.events.Events;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happens to an exception that leaves a callback of one type. Its methods are called by the
 * dispatchers.
 */
public final class ExceptionCatcher {
    private static final LongAdder COUNT = new LongAdder();

    private final Optional<MemoryLayout> result;
    private final Class<?> carrier;
    private final @Nullable Object zero;
    private final boolean endsProcess;
    private final @Nullable Function<? super Throwable, ? extends @Nullable Object> handler;

    /**
     * How exceptions of one type of callback are dealt with.
     *
     * @param function the type in C
     * @param zero what native code gets if nothing else is said; null if it gets nothing
     * @param endsProcess whether an exception leaves the callback after all, and the JVM ends
     * @param handler says what native code gets; null if it gets zero
     */
    public ExceptionCatcher(FunctionDescriptor function, @Nullable Object zero, boolean endsProcess,
            @Nullable Function<? super Throwable, ? extends @Nullable Object> handler) {
        this.result = function.returnLayout();
        this.carrier = MethodType.methodType(function.toMethodType().returnType()).wrap().returnType();
        this.zero = zero;
        this.endsProcess = endsProcess;
        this.handler = handler;
    }

    /** How many exceptions left a callback. */
    public static long count() {
        return COUNT.sum();
    }

    /**
     * Deals with an exception.
     *
     * @return what native code gets, boxed
     * @throws Throwable the exception itself, if it is to end the JVM
     */
    public @Nullable Object caught(Throwable exception) throws Throwable {
        if (exception instanceof Guard.Pending pending) {
            return answer(pending.exception);
        }
        boolean isCarried = false;
        try {
            isCarried = Guard.carry(exception);
        } catch (Throwable e) {
            // There may be no stack or no memory left, even for that.
        }
        try {
            COUNT.increment();
            Events.exceptionInCallback(exception, isCarried);
        } catch (Throwable e) {
            // The same.
        }
        if (isCarried) {
            return answer(exception);
        }
        if (endsProcess) {
            throw exception;
        }
        pass(exception);
        return answer(exception);
    }

    /** What native code gets, boxed. */
    private @Nullable Object answer(Throwable exception) {
        try {
            return handler == null ? zero : requireFits(handler.apply(exception));
        } catch (Throwable e) {
            pass(e);
            return zero;
        }
    }

    private static void pass(Throwable exception) {
        try {
            UncaughtExceptions.pass(exception);
        } catch (Throwable e) {
            // There is no stack left for the call.
        }
    }

    /**
     * Refuses what is no result of the function.
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
        return value instanceof MemorySegment segment ? requireReturnable(segment) : value;
    }

    /**
     * Refuses a segment that the JDK's stub could not return, which would end the JVM.
     *
     * @return {@code segment}, as much of it as the result takes, because the JDK's stub copies all
     *     that it gets; a copy, if another thread could close its arena before the stub reads it
     * @throws RuntimeException if it is none, has no address, is too small, or is not alive
     */
    public MemorySegment requireReturnable(@Nullable MemorySegment segment) {
        MemoryLayout layout = result.orElseThrow();
        if (segment == null) {
            throw new NullPointerException(
                    "a callback returned null as %s; for a null pointer return MemorySegment.NULL".formatted(layout));
        }
        if (!(layout instanceof GroupLayout)) {
            if (!segment.isNative()) {
                throw new IllegalArgumentException(
                        "Heap segment not allowed: a callback returned it as a pointer; allocate it from an Arena");
            }
            return segment;
        }
        if (segment.byteSize() < layout.byteSize()) {
            throw new IllegalArgumentException(
                    "a callback returned a segment of %d bytes as %s, which has %d".formatted(segment.byteSize(),
                            layout, layout.byteSize()));
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    "a callback returned %s in a segment whose arena is closed".formatted(layout));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    "a callback returned %s in a segment that is confined to another thread".formatted(layout));
        }
        long size = layout.byteSize();
        MemorySegment exact = segment.byteSize() == size ? segment : segment.asSlice(0, size);
        return staysAlive(exact) ? exact : copy(exact);
    }

    /** Whether the memory of an accessible segment is there until this thread closes its arena. */
    private static boolean staysAlive(MemorySegment segment) {
        return !segment.isNative() || segment.scope().equals(Arena.global().scope())
                || !segment.isAccessibleBy(Strangers.THREAD);
    }

    /** Copies to the heap. Reads the segment as one, so that its arena stays open meanwhile. */
    private static MemorySegment copy(MemorySegment segment) {
        long size = segment.byteSize();
        // Longs, for the alignment.
        return MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv(size, Long.BYTES))]).asSlice(0, size)
                .copyFrom(segment);
    }

    /**
     * Tells confined segments from others: each of those is confined to another thread than this
     * one.
     */
    private static final class Strangers {
        static final Thread THREAD = Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> {});

        private Strangers() {}
    }
}
