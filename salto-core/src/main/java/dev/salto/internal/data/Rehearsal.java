// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.internal.os.Os;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Runs the code of data-driven closures once. The JVM makes classes at some first uses, for example
 * when a value of a type is read from memory for the first time. After the rehearsal it makes none,
 * for any function type.
 */
public final class Rehearsal {
    private static final MemoryLayout PAIR = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG);
    private static final MemoryLayout LARGE = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(9, JAVA_LONG));

    /** With arbitrary arguments, which are read and ignored. */
    private static final FunctionDescriptor EVERYTHING = FunctionDescriptor.of(JAVA_INT, JAVA_BOOLEAN, JAVA_BYTE,
            JAVA_SHORT, JAVA_CHAR, JAVA_INT, JAVA_LONG, JAVA_FLOAT, JAVA_DOUBLE, ADDRESS,
            ADDRESS.withTargetLayout(JAVA_INT), PAIR);

    private Rehearsal() {}

    /**
     * After this number of calls of a method handle, the JVM makes a class for it. All calls to the
     * system go through one.
     */
    private static final int CALLS = 200;

    /** Binds handlers, as a user does. */
    public interface Binder {
        /**
         * Binds a handler of each kind, hands the function pointers over, and closes them.
         *
         * @param function the function's type
         * @param caller calls each function pointer once
         */
        void bind(FunctionDescriptor function, LongConsumer caller);
    }

    /** Does it, once in a process. */
    public static void run(Binder binder) {
        LongConsumer caller = function -> {
            long _ = Os.current().callWithZeros(function);
        };
        for (int i = 0; i < CALLS; i++) {
            int _ = Os.current().pageSize();
        }
        binder.bind(EVERYTHING, caller);
        binder.bind(FunctionDescriptor.ofVoid(), caller);
        try (Arena arena = Arena.ofConfined()) {
            List.<Object>of(true, (byte) 1, (short) 2, '3', 4, 5L, 6.0f, 7.0, MemorySegment.NULL, arena.allocate(PAIR),
                    MemorySegment.ofArray(new byte[(int) LARGE.byteSize()]))
                    .forEach(value -> passAndReturn(value, arena));
        }
    }

    private static void passAndReturn(Object value, Arena arena) {
        MemoryLayout layout = layoutOf(value);
        CallPlan packed = CallPlan.packed(FunctionDescriptor.of(layout, layout));
        long frame = arena.allocate(packed.packedSize(), CallPlan.PACKED_SLOT).address();
        packed.beginPacked(frame);
        packed.returnZero(frame);
        packed.returnBoxed(frame, value);
        if (packed.carrier(0) != Carrier.SEGMENT) {
            Object _ = packed.get(0, frame);
        }
        for (MemorySegment memory : List.of(arena.allocate(layout),
                MemorySegment.ofArray(new byte[(int) layout.byteSize()]))) {
            if (!(value instanceof MemorySegment)) {
                packed.copyTo(0, frame, memory, 0);
            }
            packed.returnFrom(frame, memory);
        }
    }

    private static MemoryLayout layoutOf(Object value) {
        return switch (value) {
            case Boolean _ -> JAVA_BOOLEAN;
            case Byte _ -> JAVA_BYTE;
            case Short _ -> JAVA_SHORT;
            case Character _ -> JAVA_CHAR;
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case Float _ -> JAVA_FLOAT;
            case Double _ -> JAVA_DOUBLE;
            case MemorySegment segment -> segment.byteSize() == 0
                    ? ADDRESS
                    : segment.byteSize() == PAIR.byteSize() ? PAIR : LARGE;
            default -> throw new AssertionError("no value of C: " + value);
        };
    }
}
