// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A type is sealed while classes of its objects get gates of their own: the trampolines of sealed
 * closures stay as they are, because a write to a sealed table ends the process. The same goes for
 * a sealed closure that is rebound to an object of another class.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@Outcome(id = "1, 1, -1, 1", expect = ACCEPTABLE, desc = "the slot was used again, after many others were closed")
@State
public class SealAgainstPromotion {
    private static final Promoting PROMOTING = new Promoting();

    private static @Nullable Object sealed;

    private final Numbered second = new Numbered();

    /** Seals when the gate is made, and lives. */
    @Actor
    public void seal(IIII_Result result) {
        Numbered first = PROMOTING.object();
        Closure<Numbered> closure = first.bind();
        Object current = PROMOTING.current();
        if (!current.equals(sealed) && PROMOTING.hasGate()) {
            Numbered.TYPE.seal();
            sealed = current;
        }
        Life.live(closure, first, second, result);
    }

    /** Calls others until their class has a gate. */
    @Actor
    public void step(IIII_Result result) {
        result.r4 = PROMOTING.step();
    }
}
