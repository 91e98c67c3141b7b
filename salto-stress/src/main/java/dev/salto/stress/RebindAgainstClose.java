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
 * A closure is rebound while it is closed: that comes first, or is refused; it stays closed, and no
 * other closure changes.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "rebound, then closed")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "closed, and then refused to be rebound")
@State
public class RebindAgainstClose {
    private final Numbered object = new Numbered();
    private final Numbered bystander = new Numbered();
    private final Closure<Numbered> closure = new Numbered().bind();
    private final Closure<Numbered> other = bystander.bind();
    private final MemorySegment function = closure.address();

    /** Rebinds. */
    @Actor
    public void rebind(III_Result result) {
        try {
            closure.rebind(object);
            result.r1 = 1;
        } catch (IllegalStateException e) {
            result.r1 = 0;
        }
    }

    /** Closes, and calls. */
    @Actor
    public void close(III_Result result) {
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
