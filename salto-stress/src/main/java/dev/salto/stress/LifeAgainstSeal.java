// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A closure is bound, rebound and closed while its type is sealed. It is sealed before it is
 * rebound, and keeps its object, or after that, or not at all.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "each call reaches what the closure is bound to")
@State
public class LifeAgainstSeal {
    /** Each takes some tables for good. */
    private static final Rarely RARELY = new Rarely(50, 2000);

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();
    private final Numbered third = new Numbered();

    /** Lives. */
    @Actor
    public void live(IIII_Result result) {
        Life.liveSealed(first.bind(), first, second, result);
    }

    /**
     * Seals, between other things that take as long as what the other thread does, so that it is
     * not always the first to be done.
     */
    @Actor
    public void seal(IIII_Result result) {
        Closure<Numbered> closure = third.bind();
        if (RARELY.isDue()) {
            Numbered.TYPE.seal();
        }
        result.r4 = third.ask(closure.address());
        closure.close();
    }
}
