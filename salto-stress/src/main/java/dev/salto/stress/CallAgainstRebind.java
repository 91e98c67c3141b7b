// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A closure is called twice while it is rebound: each call reaches one of the objects, and never
 * the old one after the new one.
 */
@JCStressTest
@Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both calls came first")
@Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "rebound between the calls")
@Outcome(id = "2, 2, 2", expect = ACCEPTABLE, desc = "rebound before them")
@State
public class CallAgainstRebind {
    private final Numbered before = new Numbered();
    private final Numbered after = new Numbered();
    private final Closure<Numbered> closure = before.bind();
    private final MemorySegment function = closure.address();

    private int ask() {
        int answer = Numbered.call(function);
        return answer == before.number() ? 1 : answer == after.number() ? 2 : answer == 0 ? 0 : -1;
    }

    /** Calls twice. */
    @Actor
    public void call(III_Result result) {
        result.r1 = ask();
        result.r2 = ask();
    }

    /** Rebinds. */
    @Actor
    public void rebind() {
        closure.rebind(after);
    }

    /** Calls once more. */
    @Arbiter
    public void callAfterThat(III_Result result) {
        result.r3 = ask();
        closure.close();
    }
}
