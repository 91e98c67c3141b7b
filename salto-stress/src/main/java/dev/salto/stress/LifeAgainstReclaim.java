// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A closure is bound, rebound and closed while tables are emptied after a garbage collection, and
 * used again. Those that are open keep their tables. A closed one may be another closure by now,
 * but never answers as before.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@Outcome(id = "1, 1, -1, 1", expect = ACCEPTABLE, desc = "the slot was used again, after many others were closed")
@State
public class LifeAgainstReclaim {
    private static final Tide TIDE = new Tide(12);

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();

    /** Lives. */
    @Actor
    public void live(IIII_Result result) {
        Life.live(first.bind(), first, second, result);
    }

    /** Opens and closes others. */
    @Actor
    public void step(IIII_Result result) {
        result.r4 = TIDE.step();
    }
}
