// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.RecordedClosure;
import dev.salto.text.callers.Callers;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads record three calls each, in a queue with room for two of each thread. Each call is
 * taken or counted as lost, and each thread's calls are taken in their order.
 */
@JCStressTest
@Outcome(id = "6, 0", expect = ACCEPTABLE, desc = "no call is missing, and none is too early")
@State
public class RecordAgainstRecord {
    private static final CallInterface TYPE = CallInterface.prepare(Numbered.FUNCTION);
    private static final int CALLS = 3;

    private final CallQueue queue = CallQueue.create(2);
    private final RecordedClosure first = queue.bind(TYPE);
    private final RecordedClosure second = queue.bind(TYPE);

    /** Calls. */
    @Actor
    public void callFirst() {
        int _ = Callers.callRepeatedly(first.address(), CALLS, 0);
    }

    /** Calls. */
    @Actor
    public void callSecond() {
        int _ = Callers.callRepeatedly(second.address(), CALLS, 0);
    }

    /** Takes all. */
    @Arbiter
    public void take(II_Result result) {
        int[] latest = {-1, -1};
        result.r1 = queue.drain(call -> {
            int closure = call.closure() == first ? 0 : 1;
            int number = call.arguments().getInt(1);
            result.r2 += number > latest[closure] ? 0 : 1;
            latest[closure] = number;
        }) + (int) queue.lost();
        queue.close();
    }
}
