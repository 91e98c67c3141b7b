// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;

/**
 * The object that a callback is bound to, for the peers that need no interface of their own. No
 * record, because the JVM refuses hidden copies of records.
 */
final class PlainSum implements IntBinaryOperator {
    static final EightInts EIGHT_INTS = (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
    static final EightDoubles EIGHT_DOUBLES = (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
    static final Mixed MIXED = (a, pair, c) -> a + pair.get(JAVA_LONG, 0) + pair.get(JAVA_DOUBLE, Long.BYTES) + c;

    private final int place;

    /** An object that adds its place to the two arguments. */
    PlainSum(int place) {
        this.place = place;
    }

    /** Eight integers. */
    @FunctionalInterface
    interface EightInts {
        /** Is called. */
        long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    @FunctionalInterface
    interface EightDoubles {
        /** Is called. */
        double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /** One of each kind. */
    @FunctionalInterface
    interface Mixed {
        /** Is called. */
        double call(int a, MemorySegment pair, double c);
    }

    @Override
    public int applyAsInt(int a, int b) {
        return a + b + place;
    }
}
