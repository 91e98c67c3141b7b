// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Closed closures are called while tables are emptied after a garbage collection, and used again.
 * Each call gets zero, or reaches the one object of the type's closures.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each call reaches the object or nothing")
@State
public class StaleCallAgainstReclaim {
    private static final int CALLS = 16;
    private static final Tide TIDE = new Tide(12);

    private static int random;

    /** Calls some closures, of which most are closed. */
    @Actor
    public void call(II_Result result) {
        result.r1 = Numbered.RIGHT;
        for (int i = 0; i < CALLS; i++) {
            random = random * 1_664_525 + 1_013_904_223;
            if (TIDE.any(random >>> 8) == Numbered.WRONG) {
                result.r1 = Numbered.WRONG;
            }
        }
    }

    /** Opens and closes them. */
    @Actor
    public void step(II_Result result) {
        result.r2 = TIDE.step();
    }
}
