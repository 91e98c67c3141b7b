// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** JNA's callbacks. One lives as long as its object is reachable. */
final class JnaCallbacks extends CollectedCallbacks<JnaCallbacks.Binary> {
    /** The objects of callbacks that stay open for good. */
    private static final List<Callback> KEPT = new ArrayList<>();

    /** {@code int (*)(int, int)}. */
    public interface Binary extends Callback {
        /** Is called. */
        int call(int a, int b);
    }

    /** Eight integers. */
    public interface EightInts extends Callback {
        /** Is called. */
        long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    public interface EightDoubles extends Callback {
        /** Is called. */
        double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /** One of each kind. */
    public interface Mixed extends Callback {
        /** Is called. */
        double call(int a, Pair pair, double c);
    }

    /** The struct. */
    @FieldOrder({"number", "fraction"})
    public static final class Pair extends Structure implements Structure.ByValue {
        /** Its first member. */
        public long number;
        /** Its second member. */
        public double fraction;
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

    JnaCallbacks(int capacity) {
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
        return Pointer.nativeValue(CallbackReference.getFunctionPointer(target));
    }

    @Override
    public MemorySegment open(Shape shape) {
        Callback callback = switch (shape) {
            case EIGHT_INTS -> (EightInts) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
            case EIGHT_DOUBLES -> (EightDoubles) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
            case MIXED -> (Mixed) (a, pair, c) -> a + pair.number + pair.fraction + c;
        };
        KEPT.add(callback);
        return MemorySegment.ofAddress(Pointer.nativeValue(CallbackReference.getFunctionPointer(callback)));
    }
}
