// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A data-driven function is sealed while it gets a gate: its closures reach the same objects either
 * way.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@State
public class SealAgainstGate {
    private static final Heating HEATING = new Heating(true);

    private static @Nullable CallInterface sealed;

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();

    /** Seals when the gate is made, and lives. */
    @Actor
    public void seal(IIII_Result result) {
        CallInterface function = HEATING.function();
        Closure<CallHandler> closure = function.bindBoxed((CallHandler) first);
        if (!function.equals(sealed) && HEATING.hasGate()) {
            function.seal();
            sealed = function;
        }
        Life.liveSealed(closure, first, second, result);
    }

    /** Calls others until the function has a gate, and then closes them. */
    @Actor
    public void step(IIII_Result result) {
        result.r4 = HEATING.step();
    }
}
