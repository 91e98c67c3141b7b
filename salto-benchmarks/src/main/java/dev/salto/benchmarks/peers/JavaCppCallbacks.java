// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FunctionPointer;

/**
 * JavaCPP's callbacks. One is an object with one of the functions that were compiled; closing it
 * gives the function back.
 */
final class JavaCppCallbacks extends Callbacks<JavaCppFunctions.Binary> {
    /**
     * The objects of callbacks that stay open for good: JavaCPP's functions know theirs by weak
     * references.
     */
    private static final List<FunctionPointer> KEPT = new ArrayList<>();

    private final JavaCppFunctions.Binary[] targets;

    /** The callback's target. */
    private static final class Sum extends JavaCppFunctions.Binary {
        private final int place;

        Sum(int place) {
            this.place = place;
        }

        @Override
        public int call(int a, int b) {
            return a + b + place;
        }
    }

    private static final class SumOfInts extends JavaCppFunctions.EightInts {
        @Override
        public long call(int a, int b, int c, int d, int e, int f, int g, int h) {
            return (long) a + b + c + d + e + f + g + h;
        }
    }

    private static final class SumOfDoubles extends JavaCppFunctions.EightDoubles {
        @Override
        public double call(double a, double b, double c, double d, double e, double f, double g, double h) {
            return a + b + c + d + e + f + g + h;
        }
    }

    private static final class MixedSum extends JavaCppFunctions.Mixed {
        @Override
        public double call(int a, JavaCppFunctions.Pair pair, double c) {
            // A copy, in memory of its own.
            try (pair) {
                return a + pair.number() + pair.fraction() + c;
            }
        }
    }

    JavaCppCallbacks(int capacity) {
        super(capacity);
        JavaCppLibrary.load();
        targets = new JavaCppFunctions.Binary[capacity];
    }

    @Override
    JavaCppFunctions.Binary target(int place) {
        return new Sum(place);
    }

    @Override
    Class<? extends JavaCppFunctions.Binary> targetClass() {
        return Sum.class;
    }

    @Override
    void open(int place, JavaCppFunctions.Binary target) {
        long address = JavaCppFunctions.address(target);
        if (address == 0) {
            throw new IllegalStateException("all of the %,d functions that were compiled are in use"
                    .formatted(JavaCppFunctions.MOST));
        }
        targets[place] = target;
        setFunction(place, address);
    }

    @Override
    public void close(int place) {
        targets[place].close();
    }

    @Override
    public boolean areOpenedByThreadsAtOnce() {
        return false;
    }

    @Override
    public boolean areFew() {
        return true;
    }

    @Override
    public MemorySegment open(Shape shape) {
        return switch (shape) {
            case EIGHT_INTS -> {
                SumOfInts target = new SumOfInts();
                yield keep(target, JavaCppFunctions.address(target));
            }
            case EIGHT_DOUBLES -> {
                SumOfDoubles target = new SumOfDoubles();
                yield keep(target, JavaCppFunctions.address(target));
            }
            case MIXED -> {
                MixedSum target = new MixedSum();
                yield keep(target, JavaCppFunctions.address(target));
            }
        };
    }

    private static MemorySegment keep(FunctionPointer target, long address) {
        KEPT.add(target);
        return MemorySegment.ofAddress(address);
    }
}
