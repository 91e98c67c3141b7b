// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.provider.ClosureManager;

/**
 * The closures of jnr-ffi. One lives as long as its object is reachable; then its memory is used
 * again.
 */
final class JnrCallbacks extends CollectedCallbacks<JnrCallbacks.Binary> {
    private static final ClosureManager MANAGER = Runtime.getSystemRuntime().getClosureManager();

    /** The objects of callbacks that stay open for good. */
    private static final List<Object> KEPT = new ArrayList<>();

    /** {@code int (*)(int, int)}. */
    public interface Binary {
        /** Is called. */
        @Delegate
        int call(int a, int b);
    }

    /** Eight integers. */
    public interface EightInts {
        /** Is called. */
        @Delegate
        long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    public interface EightDoubles {
        /** Is called. */
        @Delegate
        double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /**
     * The object that a callback is bound to. No record, because the JVM refuses hidden copies of
     * records.
     */
    private static final class Sum implements Binary {
        private final int place;

        Sum(int place) {
            this.place = place;
        }

        @Override
        public int call(int a, int b) {
            return a + b + place;
        }
    }

    JnrCallbacks(int capacity) {
        super(capacity);
    }

    @Override
    Binary target(int place) {
        return new Sum(place);
    }

    @Override
    Class<? extends Binary> targetClass() {
        return Sum.class;
    }

    @Override
    long pointer(Binary target) {
        return MANAGER.getClosurePointer(Binary.class, target).address();
    }

    @Override
    public MemorySegment open(Shape shape) {
        return switch (shape) {
            case EIGHT_INTS -> open(EightInts.class, (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h);
            case EIGHT_DOUBLES -> open(EightDoubles.class,
                    (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h);
            case MIXED -> throw new UnsupportedOperationException("its closures take no struct by value");
        };
    }

    private static <T> MemorySegment open(Class<T> type, T target) {
        KEPT.add(target);
        return MemorySegment.ofAddress(MANAGER.getClosurePointer(type, target).address());
    }
}
