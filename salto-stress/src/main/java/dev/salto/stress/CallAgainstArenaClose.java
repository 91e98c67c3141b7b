// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A closure is called while its arena is closed: the call reaches the object, or gets zero; a later
 * one gets zero.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the call came first")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the arena was closed first")
@State
public class CallAgainstArenaClose {
    private final Arena arena = Arena.ofShared();
    private final Numbered object = new Numbered();
    private final MemorySegment function = object.bind(arena);

    /** Calls. */
    @Actor
    public void call(II_Result result) {
        result.r1 = object.ask(function);
    }

    /** Closes, and calls. */
    @Actor
    public void close(II_Result result) {
        arena.close();
        result.r2 = object.ask(function);
    }
}
