// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A closure is bound, rebound to an object of another class, and closed while classes get gates of
 * their own. Each gate reaches each object.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@Outcome(id = "1, 1, -1, 1", expect = ACCEPTABLE, desc = "the slot was used again, after many others were closed")
@State
public class LifeAgainstPromotion {
    private static final Promoting PROMOTING = new Promoting();

    private final Numbered second = PROMOTING.object();

    /** Lives. */
    @Actor
    public void live(IIII_Result result) {
        Numbered first = PROMOTING.object();
        Life.live(first.bind(), first, second, result);
    }

    /** Calls others until their class has a gate. */
    @Actor
    public void step(IIII_Result result) {
        result.r4 = PROMOTING.step();
    }
}
