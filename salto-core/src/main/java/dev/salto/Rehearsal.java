// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.os.Os;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Runs the code of data-driven closures once. The JVM makes classes at some first uses, for example
 * when a value of a type is read from memory for the first time. After the rehearsal it makes none,
 * for any function type.
 */
final class Rehearsal {
    private static final MemoryLayout PAIR = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG);
    private static final MemoryLayout LARGE = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(9, JAVA_LONG));

    /** The id of no closure, which nobody asks for. */
    private static final int NO_CLOSURE = 0;

    private Rehearsal() {}

    /**
     * After this number of calls of a method handle, the JVM makes a class for it. All calls to the
     * system go through one.
     */
    private static final int CALLS = 200;

    static void run() {
        for (int i = 0; i < CALLS; i++) {
            int _ = Os.current().pageSize();
        }
        callFromNativeCode();
        try (Closure<ArgumentHandler> nothing = CallInterface.prepare(FunctionDescriptor.ofVoid()).bind(_ -> {})) {
            long _ = Os.current().callWithZeros(nothing.address().address());
        }
        try (Arena arena = Arena.ofConfined()) {
            List.<Object>of(true, (byte) 1, (short) 2, '3', 4, 5L, 6.0f, 7.0, MemorySegment.NULL, arena.allocate(PAIR),
                    MemorySegment.ofArray(new byte[(int) LARGE.byteSize()]))
                    .forEach(value -> passAndReturn(value, arena));
        }
    }

    /** Calls with arbitrary arguments, which are read and ignored. */
    private static void callFromNativeCode() {
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, JAVA_BOOLEAN, JAVA_BYTE, JAVA_SHORT,
                JAVA_CHAR,
                JAVA_INT, JAVA_LONG, JAVA_FLOAT, JAVA_DOUBLE, ADDRESS, ADDRESS.withTargetLayout(JAVA_INT), PAIR));
        try (Closure<CallHandler> boxed = type.bindBoxed((_, arguments) -> arguments.length);
                Closure<ArgumentHandler> direct = type.bind(arguments -> arguments.setReturn(arguments.count()))) {
            long _ = Os.current().callWithZeros(boxed.address().address());
            long _ = Os.current().callWithZeros(direct.address().address());
        }
    }

    private static void passAndReturn(Object value, Arena arena) {
        MemoryLayout layout = layoutOf(value);
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(layout, layout));
        CallPlan packed = CallPlan.packed(FunctionDescriptor.of(layout, layout));
        long frame = arena.allocate(packed.packedSize(), CallPlan.PACKED_SLOT).address();
        packed.beginPacked(frame);
        // Once without a result, which is zero then.
        new Arguments(type, NO_CLOSURE, packed, frame).end(packed);
        Arguments arguments = new Arguments(type, NO_CLOSURE, packed, frame);
        arguments.setBoxed(value);
        if (!(value instanceof MemorySegment)) {
            Object _ = arguments.get(0);
        }
        for (MemorySegment memory : List.of(arena.allocate(layout),
                MemorySegment.ofArray(new byte[(int) layout.byteSize()]))) {
            if (!(value instanceof MemorySegment)) {
                arguments.copyTo(0, memory);
            }
            arguments.setReturnFrom(memory);
        }
        arguments.end(packed);
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
