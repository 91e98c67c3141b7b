// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.RecordedCall;
import dev.salto.RecordedClosure;
import dev.salto.text.callers.Callers;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread records four calls while another one takes calls from a queue with room for two. So both
 * use the same records, again and again. Each call is taken whole or counted as lost.
 */
@JCStressTest
@Outcome(id = "4, 0", expect = ACCEPTABLE, desc = "no call is missing, and none is torn or too early")
@State
public class RecordAgainstTake {
    private static final CallInterface TYPE = CallInterface.prepare(Numbered.FUNCTION);
    private static final int CALLS = 4;

    private final CallQueue queue = CallQueue.create(1);
    private final RecordedClosure closure = queue.bind(TYPE);
    private int taken;
    private int wrong;
    private int latest = -1;

    /** Calls. */
    @Actor
    public void call() {
        int _ = Callers.callRepeatedly(closure.address(), CALLS, 0);
    }

    /** Takes what is there. */
    @Actor
    public void take() {
        for (int i = 0; i < CALLS; i++) {
            RecordedCall call = queue.poll();
            if (call != null) {
                see(call);
            }
        }
    }

    /** Takes the rest. */
    @Arbiter
    public void takeRest(II_Result result) {
        int _ = queue.drain(this::see);
        result.r1 = taken + (int) queue.lost();
        result.r2 = wrong;
        queue.close();
    }

    private void see(RecordedCall call) {
        int number = call.arguments().getInt(1);
        // The first argument is the result of the call before, which is zero.
        wrong += call.closure() == closure && call.arguments().getInt(0) == 0 && number > latest ? 0 : 1;
        latest = number;
        taken++;
    }
}
