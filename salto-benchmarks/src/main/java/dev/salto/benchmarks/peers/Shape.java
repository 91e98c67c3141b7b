// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Collections;

/**
 * A type of function with more, or larger, parameters than two integers, and a native loop that
 * calls one. Functions add all they are given.
 */
@SuppressWarnings("ImmutableEnumChecker") // descriptors do not change
public enum Shape {
    /** Two more integers than there are registers. */
    EIGHT_INTS("8-ints",
            FunctionDescriptor.of(JAVA_LONG, Collections.nCopies(8, JAVA_INT).toArray(MemoryLayout[]::new)),
            35 + 36) {
        @Override
        public double call(MemorySegment function, long calls) {
            return Callers.callEightInts(function, calls);
        }
    },
    /** As many floating-point numbers as there are registers. */
    EIGHT_DOUBLES("8-doubles",
            FunctionDescriptor.of(JAVA_DOUBLE, Collections.nCopies(8, JAVA_DOUBLE).toArray(MemoryLayout[]::new)),
            35 + 36) {
        @Override
        public double call(MemorySegment function, long calls) {
            return Callers.callEightDoubles(function, calls);
        }
    },
    /**
     * An integer, a struct by value of 16 bytes in registers of both kinds, and a floating-point
     * number.
     */
    MIXED("struct",
            FunctionDescriptor.of(JAVA_DOUBLE, JAVA_INT, MemoryLayout.structLayout(JAVA_LONG, JAVA_DOUBLE),
                    JAVA_DOUBLE),
            2.5 + 4.5) {
        @Override
        public double call(MemorySegment function, long calls) {
            return Callers.callMixed(function, calls);
        }
    };

    private final String key;
    private final FunctionDescriptor function;
    private final double sumOfTwoCalls;

    Shape(String key, FunctionDescriptor function, double sumOfTwoCalls) {
        this.key = key;
        this.function = function;
        this.sumOfTwoCalls = sumOfTwoCalls;
    }

    /**
     * Makes native code call a function pointer of this type.
     *
     * @return the sum of what it returned
     */
    public abstract double call(MemorySegment function, long calls);

    /** Calls a function twice, and checks the answers. */
    public boolean answersRight(MemorySegment pointer) {
        return call(pointer, 2) == sumOfTwoCalls;
    }

    /** The shape's part of a figure's key. */
    public String key() {
        return key;
    }

    FunctionDescriptor function() {
        return function;
    }
}
