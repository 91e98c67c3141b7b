// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A function pointer without a closure object is rebound while it is closed. Rebinding comes first,
 * or is refused. The pointer stays closed, and no other one changes.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "rebound, then closed")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "closed, and then refused to be rebound")
@State
public class RebindAddressAgainstCloseAddress {
    private final Numbered object = new Numbered();
    private final Numbered bystander = new Numbered();
    private final long address = new Numbered().bindAddress();
    private final long other = bystander.bindAddress();

    /** Rebinds. */
    @Actor
    public void rebind(III_Result result) {
        try {
            Numbered.TYPE.rebindAddress(address, object);
            result.r1 = 1;
        } catch (IllegalStateException e) {
            result.r1 = 0;
        }
    }

    /** Closes, and calls. */
    @Actor
    public void close(III_Result result) {
        Numbered.TYPE.closeAddress(address);
        result.r2 = object.ask(address);
    }

    /** Calls the other one. */
    @Arbiter
    public void call(III_Result result) {
        result.r3 = bystander.ask(other);
        Numbered.TYPE.closeAddress(other);
    }
}
