// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.CallHandler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A data-driven closure is bound, rebound and closed while its function gets a gate: the universal
 * gate and that one reach the same objects.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@State
public class LifeAgainstGate {
    private static final Heating HEATING = new Heating(false);

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();

    /** Lives. */
    @Actor
    public void live(IIII_Result result) {
        Life.live(HEATING.function().bindBoxed((CallHandler) first), first, second, result);
    }

    /** Calls others until the function has a gate, and then closes them. */
    @Actor
    public void step(IIII_Result result) {
        result.r4 = HEATING.step();
    }
}
