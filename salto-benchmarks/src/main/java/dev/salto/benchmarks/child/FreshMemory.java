// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.LibffiCallbacks;
import dev.salto.benchmarks.peers.Peer;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/**
 * The first closures of a new type, in memory that is new to the process. The JIT compiler knows
 * the code from other types. Nothing of theirs is free, and nothing was prepared for this type.
 */
public final class FreshMemory {
    private static final Duration WARM_UP = Duration.ofMillis(300);
    private static final int WARM_UP_BATCH = 1_000;
    private static final int WARM_UP_FRESH = 100_000;

    private final int count;
    private final MemorySegment functions;
    private final Closure<?>[] closures;

    /** One class for all types, so that the compiled code meets no other one in a new type. */
    @SuppressWarnings("overloads") // of the interfaces' default methods, which nobody calls
    private record Adder(int place)
            implements
                IntBinaryOperator,
                LongBinaryOperator,
                DoubleBinaryOperator,
                IntUnaryOperator,
                LongUnaryOperator,
                DoubleUnaryOperator {
        @Override
        public int applyAsInt(int operand) {
            return operand + place;
        }

        @Override
        public long applyAsLong(long operand) {
            return operand + place;
        }

        @Override
        public double applyAsDouble(double operand) {
            return operand + place;
        }

        @Override
        public int applyAsInt(int left, int right) {
            return left + right + place;
        }

        @Override
        public long applyAsLong(long left, long right) {
            return left + right + place;
        }

        @Override
        public double applyAsDouble(double left, double right) {
            return left + right + place;
        }
    }

    private FreshMemory(int count) {
        this.count = count;
        functions = Arena.global().allocate(ADDRESS, count);
        closures = new Closure<?>[count];
    }

    /**
     * Measures.
     *
     * @param arguments the peer, Salto or libffi, and the size
     */
    public static void main(String[] arguments) {
        Peer peer = Peer.valueOf(arguments[0]);
        Size size = Size.valueOf(arguments[1]);
        long nanoseconds = switch (peer) {
            case SALTO -> salto(size);
            case LIBFFI -> libffi(size);
            default -> throw new IllegalArgumentException(peer + " is not compared here");
        };
        Message.sample(Figure.createNewType(size), (double) nanoseconds / size.count());
        Runtime.getRuntime().halt(0);
    }

    private static long libffi(Size size) {
        LibffiCallbacks callbacks = (LibffiCallbacks) Peer.LIBFFI.callbacks(size.count());
        Population.touchMemory(size);
        return callbacks.timeOpen(0, size.count());
    }

    private static long salto(Size size) {
        // Each makes the JIT compiler drop code that it compiled as if no further type could come.
        List<FreshMemory> kept = Stream.<ClosureType<Adder>>of(
                ClosureType.of(LongBinaryOperator.class, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG)),
                ClosureType.of(DoubleBinaryOperator.class,
                        FunctionDescriptor.of(JAVA_DOUBLE, JAVA_DOUBLE, JAVA_DOUBLE)),
                ClosureType.of(IntUnaryOperator.class, FunctionDescriptor.of(JAVA_INT, JAVA_INT)),
                ClosureType.of(LongUnaryOperator.class, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG)))
                .map(FreshMemory::warmUp).toList();
        ClosureType<Adder> last = ClosureType.of(DoubleUnaryOperator.class,
                FunctionDescriptor.of(JAVA_DOUBLE, JAVA_DOUBLE));
        ClosureType<Adder> type = ClosureType.of(IntBinaryOperator.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        FreshMemory measured = new FreshMemory(size.count());
        System.gc();
        // After a collection, the JVM checks each compiled method when it is called first.
        FreshMemory checked = openMany(last);
        Population.touchMemory(size);
        try {
            long start = System.nanoTime();
            measured.open(type, 0, measured.count);
            return System.nanoTime() - start;
        } finally {
            Reference.reachabilityFence(kept);
            Reference.reachabilityFence(checked);
        }
    }

    /** Warms up, and returns closures that stay open. */
    private static FreshMemory warmUp(ClosureType<Adder> type) {
        FreshMemory few = new FreshMemory(WARM_UP_BATCH);
        long end = System.nanoTime() + WARM_UP.toNanos();
        while (System.nanoTime() < end) {
            few.open(type, 0, WARM_UP_BATCH);
            few.close();
        }
        return openMany(type);
    }

    private static FreshMemory openMany(ClosureType<Adder> type) {
        FreshMemory many = new FreshMemory(WARM_UP_FRESH);
        many.open(type, 0, WARM_UP_FRESH);
        return many;
    }

    private void open(ClosureType<Adder> type, int from, int to) {
        for (int place = from; place < to; place++) {
            Closure<Adder> closure = type.bind(new Adder(place));
            closures[place] = closure;
            functions.setAtIndex(ADDRESS, place, closure.address());
        }
    }

    private void close() {
        for (Closure<?> closure : closures) {
            closure.close();
        }
    }
}
