// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A closure is bound until an arena is closed, which happens just then: that is refused, or the
 * closure is closed with it.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "bound, and then closed")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "closed, and then refused to bind")
@State
public class BindAgainstArenaClose {
    private final Arena arena = Arena.ofShared();
    private final Numbered object = new Numbered();
    private MemorySegment function = MemorySegment.NULL;

    /** Binds. */
    @Actor
    public void bind(II_Result result) {
        try {
            function = object.bind(arena);
            result.r1 = 1;
        } catch (IllegalStateException e) {
            result.r1 = 0;
        }
    }

    /** Closes. */
    @Actor
    public void close() {
        arena.close();
    }

    /** Calls. The slot may be that of another closure by now, for a next test. */
    @Arbiter
    public void call(II_Result result) {
        boolean isReached = !function.equals(MemorySegment.NULL) && object.ask(function) == Numbered.RIGHT;
        result.r2 = isReached ? 1 : 0;
    }
}
