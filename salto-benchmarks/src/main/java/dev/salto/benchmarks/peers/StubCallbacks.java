// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;

/**
 * Upcall stubs of the JDK: of the interface's method, bound to the object, in an arena of its own.
 */
final class StubCallbacks extends PlainCallbacks {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle APPLY_AS_INT = find(IntBinaryOperator.class, "applyAsInt", BINARY);

    private final Supplier<Arena> newArena;
    private final Arena[] arenas;

    StubCallbacks(int capacity, Supplier<Arena> newArena) {
        super(capacity);
        this.newArena = newArena;
        arenas = new Arena[capacity];
    }

    @Override
    void open(int place, IntBinaryOperator target) {
        Arena arena = newArena.get();
        arenas[place] = arena;
        setFunction(place, LINKER.upcallStub(APPLY_AS_INT.bindTo(target), BINARY, arena));
    }

    @Override
    public void close(int place) {
        arenas[place].close();
    }

    @Override
    public boolean areClosedByAnyThread() {
        try (Arena arena = newArena.get()) {
            return arena.allocate(1).isAccessibleBy(new Thread());
        }
    }

    @Override
    public MemorySegment open(Shape shape) {
        return switch (shape) {
            case EIGHT_INTS -> stub(shape, PlainSum.EightInts.class, PlainSum.EIGHT_INTS);
            case EIGHT_DOUBLES -> stub(shape, PlainSum.EightDoubles.class, PlainSum.EIGHT_DOUBLES);
            case MIXED -> stub(shape, PlainSum.Mixed.class, PlainSum.MIXED);
        };
    }

    private static MemorySegment stub(Shape shape, Class<?> type, Object target) {
        return LINKER.upcallStub(find(type, "call", shape.function()).bindTo(target), shape.function(),
                Arena.global());
    }

    private static MethodHandle find(Class<?> type, String method, FunctionDescriptor function) {
        try {
            return MethodHandles.lookup().findVirtual(type, method, function.toMethodType());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("an interface lacks its method", e);
        }
    }
}
