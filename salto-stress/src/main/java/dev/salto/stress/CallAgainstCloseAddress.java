// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A function pointer without a closure object is called while it is closed. The call reaches the
 * object, or gets zero. A later call gets zero.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the call came first")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "it was closed first")
@State
public class CallAgainstCloseAddress {
    private final Numbered object = new Numbered();
    private final long address = object.bindAddress();

    /** Calls. */
    @Actor
    public void call(II_Result result) {
        result.r1 = object.ask(address);
    }

    /** Closes, and calls. */
    @Actor
    public void close(II_Result result) {
        Numbered.TYPE.closeAddress(address);
        result.r2 = object.ask(address);
    }
}
