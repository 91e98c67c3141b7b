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
 * Two threads close a closure. If both gave its slot back, two later closures would share that
 * slot, and one would answer with the other's number. So there is a second closure, which has to
 * answer with its own.
 */
@JCStressTest
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "it is closed, and the other one is what it was")
@State
public class CloseAgainstClose {
    private final Numbered object = new Numbered();
    private final Numbered bystander = new Numbered();
    private final Closure<Numbered> closure = object.bind();
    private final Closure<Numbered> other = bystander.bind();
    private final MemorySegment function = closure.address();

    /** Closes, and calls. */
    @Actor
    public void close(III_Result result) {
        closure.close();
        result.r1 = object.ask(function);
    }

    /** Closes, too, and calls. */
    @Actor
    public void closeToo(III_Result result) {
        closure.close();
        result.r2 = object.ask(function);
    }

    /** Calls the other one. */
    @Arbiter
    public void call(III_Result result) {
        result.r3 = bystander.ask(other.address());
        other.close();
    }
}
