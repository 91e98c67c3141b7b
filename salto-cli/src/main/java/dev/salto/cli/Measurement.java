// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.Footprint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;

/**
 * The costs of one provider of callbacks. Times are in nanoseconds for each callback, memory in
 * bytes for each.
 *
 * @param count how many were alive at once
 * @param createFresh the time to make one, where the system still has to find and clear the memory
 * @param createAgain the time to make one after as many were closed
 * @param callEach the time of a call, each callback once and then the next
 * @param close the time to close one, in the order of creation
 * @param nativeBytes by how much the process's memory grew for each; right only if the Java heap
 *     was touched before
 * @param codeCacheBytes by how much the JVM's code cache grew for each
 * @param mappings how many memory mappings were added in all
 * @param writableExecutable how many of them are both writable and executable
 * @param answers how many answers of callbacks were checked
 * @param wrong how many of those were wrong
 */
record Measurement(
        int count,
        double createFresh,
        double createAgain,
        double callEach,
        double close,
        double nativeBytes,
        double codeCacheBytes,
        int mappings,
        int writableExecutable,
        long answers,
        long wrong) {

    private static final int WARM_UP_ROUNDS = 20;
    private static final int WARM_UP_COUNT = 250;

    /** The object that a callback is bound to, with an answer of its own. */
    record Answer(int own) implements CallbackProvider.WarmUp {
        @Override
        public int applyAsInt(int a, int b) {
            return a * 31 + b + own;
        }
    }

    /**
     * Measures a provider.
     *
     * @param warmUp another provider of the same kind, whose memory is not counted: the JIT
     *     compiler is done when it counts
     * @param provider the provider to measure
     * @param count how many callbacks to have alive at once
     */
    static Measurement of(CallbackProvider warmUp, CallbackProvider provider, int count) {
        // Each round is larger than the one before, so that each uses old memory again and needs
        // new memory, too.
        for (int round = 1; round <= WARM_UP_ROUNDS; round++) {
            measure(warmUp, round * WARM_UP_COUNT);
        }
        return measure(provider, count);
    }

    private static Measurement measure(CallbackProvider provider, int count) {
        try (Arena arena = Arena.ofConfined()) {
            return new Run(provider, count, arena).measure();
        }
    }

    /** One round: make, call and close a number of callbacks. */
    private static final class Run {
        private final CallbackProvider provider;
        private final int count;
        private final IntBinaryOperator[] targets;
        private final MemorySegment functions;
        private final MemorySegment results;
        private long answers;
        private long wrong;

        Run(CallbackProvider provider, int count, Arena arena) {
            this.provider = provider;
            this.count = count;
            targets = new IntBinaryOperator[count];
            for (int i = 0; i < count; i++) {
                targets[i] = new Answer(i);
            }
            functions = arena.allocate(ADDRESS, count);
            results = arena.allocate(JAVA_INT, count);
            provider.expect(count);
        }

        Measurement measure() {
            System.gc();
            Footprint before = Footprint.now();
            double createFresh = timePerCallback(this::create);
            Footprint after = Footprint.now();
            callEachAndCheck(1);
            double callEach = timePerCallback(() -> Callers.callEach(functions, count, 2, results));
            check(2);
            double close = timePerCallback(provider::closeAll);
            double createAgain = timePerCallback(this::create);
            callEachAndCheck(3);
            provider.closeAll();
            return new Measurement(count, createFresh, createAgain, callEach, close,
                    (double) (after.residentBytes() - before.residentBytes()) / count,
                    (double) (after.codeCacheBytes() - before.codeCacheBytes()) / count,
                    after.mappings() - before.mappings(),
                    after.writableExecutable() - before.writableExecutable(),
                    answers, wrong);
        }

        private void create() {
            for (int i = 0; i < count; i++) {
                functions.setAtIndex(ADDRESS, i, provider.create(targets[i]));
            }
        }

        private void callEachAndCheck(int a) {
            Callers.callEach(functions, count, a, results);
            check(a);
        }

        private void check(int a) {
            for (int i = 0; i < count; i++) {
                answers++;
                if (results.getAtIndex(JAVA_INT, i) != targets[i].applyAsInt(a, i)) {
                    wrong++;
                }
            }
        }

        private double timePerCallback(Runnable action) {
            long start = System.nanoTime();
            action.run();
            return (double) (System.nanoTime() - start) / count;
        }
    }
}
