// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A closure is called while it is closed: the call reaches the object, or gets zero; a later one
 * gets zero.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the call came first")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the closure was closed first")
@State
public class CallAgainstClose {
    private final Numbered object = new Numbered();
    private final Closure<Numbered> closure = object.bind();
    private final MemorySegment function = closure.address();

    /** Calls. */
    @Actor
    public void call(II_Result result) {
        result.r1 = object.ask(function);
    }

    /**
     * Closes, and calls. Not in an arbiter, because that runs while closures for the next tests are
     * bound, which may have this one's slot.
     */
    @Actor
    public void close(II_Result result) {
        closure.close();
        result.r2 = object.ask(function);
    }
}
