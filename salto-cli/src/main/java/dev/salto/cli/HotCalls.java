// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import dev.salto.text.callers.Callers;
import java.lang.foreign.MemorySegment;

/**
 * The time of a call when native code calls the same callback again and again, in nanoseconds.
 *
 * @param salto of a closure
 * @param jdk of an upcall stub
 */
record HotCalls(double salto, double jdk) {
    private static final int ROUNDS = 300;
    private static final int CALLS = 20_000;

    /**
     * Measures both by turns, because the machine may be slower a moment later. The fastest turns
     * count, because other work can only add time.
     */
    static HotCalls measure(CallbackProvider salto, CallbackProvider jdk) {
        MemorySegment closure = salto.create(new Measurement.Answer(0));
        MemorySegment stub = jdk.create(new Measurement.Answer(0));
        double ofClosure = Double.MAX_VALUE;
        double ofStub = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            ofClosure = Math.min(ofClosure, timeOfCall(closure));
            ofStub = Math.min(ofStub, timeOfCall(stub));
        }
        salto.closeAll();
        jdk.closeAll();
        return new HotCalls(ofClosure, ofStub);
    }

    private static double timeOfCall(MemorySegment function) {
        long start = System.nanoTime();
        Callers.callRepeatedly(function, CALLS, 1);
        return (double) (System.nanoTime() - start) / CALLS;
    }
}
