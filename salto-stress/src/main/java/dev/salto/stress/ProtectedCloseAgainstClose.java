// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Two threads close two closures that are in one protected table, as a rule. The table stays
 * writable until both have written: a write to one that is not ends the process.
 */
@JCStressTest
@Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "each is called, and then closed")
@State
public class ProtectedCloseAgainstClose {
    static {
        Protection.begin();
    }

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();
    private final Closure<Numbered> firstClosure = first.bind();
    private final Closure<Numbered> secondClosure = second.bind();
    private final MemorySegment firstFunction = firstClosure.address();
    private final MemorySegment secondFunction = secondClosure.address();

    /** Calls, closes, and calls. */
    @Actor
    public void close(IIII_Result result) {
        result.r1 = first.ask(firstFunction);
        firstClosure.close();
        result.r2 = first.ask(firstFunction);
    }

    /** The same with the other one. */
    @Actor
    public void closeTheOther(IIII_Result result) {
        result.r3 = second.ask(secondFunction);
        secondClosure.close();
        result.r4 = second.ask(secondFunction);
    }
}
