// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.ThreadMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Checks the segments that callbacks return. A record, whose components are constants to the JIT
 * compiler where the record is one.
 *
 * @param layout of the function's result
 * @param isStruct whether the stub reads the segment, rather than take its address
 * @param size of the layout in bytes
 */
public record ReturnedSegment(MemoryLayout layout, boolean isStruct, long size) {
    /** For a result that comes as a segment. */
    public static ReturnedSegment of(MemoryLayout layout) {
        boolean isStruct = layout instanceof GroupLayout;
        if (isStruct) {
            // So that the classes are initialized that a copy takes.
            ThreadMemory _ = ThreadMemory.ofThread(layout.byteSize());
            boolean _ = Scopes.HOLD_OPEN;
        }
        return new ReturnedSegment(layout, isStruct, layout.byteSize());
    }

    /**
     * Refuses a segment that the JDK's stub could not return, which would end the JVM.
     *
     * <p>The JDK's stub copies all that it gets, so it gets no more than the result takes. If
     * another thread could close the segment's arena before the stub reads it, the stub gets a
     * copy. The thread's next call overwrites that copy.
     *
     * @return the beginning of {@code segment}, as long as the result, or a copy of it
     * @throws RuntimeException if it is none, has no address, is too small, or is not alive
     */
    public MemorySegment require(@Nullable MemorySegment segment) {
        if (segment == null) {
            throw new NullPointerException(
                    "a callback returned null as %s; for a null pointer return MemorySegment.NULL".formatted(layout));
        }
        if (!isStruct) {
            if (!segment.isNative()) {
                throw new IllegalArgumentException(
                        "Heap segment not allowed: a callback returned it as a pointer; allocate it from an Arena");
            }
            return segment;
        }
        if (segment.byteSize() < size) {
            throw new IllegalArgumentException(
                    "a callback returned a segment of %d bytes as %s, which has %d".formatted(segment.byteSize(),
                            layout, size));
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    "a callback returned %s in a segment whose arena is closed".formatted(layout));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    "a callback returned %s in a segment that is confined to another thread".formatted(layout));
        }
        if (segment.isNative() && !Scopes.staysOpen(segment.scope())) {
            return copy(segment);
        }
        return segment.byteSize() == size ? segment : segment.asSlice(0, size);
    }

    /** Reads the segment as one, so that nothing is read that its arena has freed. */
    private MemorySegment copy(MemorySegment segment) {
        MemorySegment copy = Memory.segment(ThreadMemory.ofThread(size).address(), size);
        MemorySegment.copy(segment, 0, copy, 0, size);
        return copy;
    }

    /**
     * Tells the scopes that only this thread can close, or nobody, by their classes: of one that
     * another thread may close, there is another class.
     */
    private static final class Scopes {
        private static final Class<?> GLOBAL = Arena.global().scope().getClass();
        private static final Class<?> AUTO = Arena.ofAuto().scope().getClass();
        private static final Class<?> CONFINED = Arena.ofConfined().scope().getClass();

        /** Whether the classes tell that. */
        static final boolean HOLD_OPEN = !isOneOfThem(Arena.ofShared().scope().getClass());

        private Scopes() {}

        static boolean staysOpen(MemorySegment.Scope scope) {
            return HOLD_OPEN && isOneOfThem(scope.getClass());
        }

        private static boolean isOneOfThem(Class<?> type) {
            return type.equals(GLOBAL) || type.equals(AUTO) || type.equals(CONFINED);
        }
    }
}
