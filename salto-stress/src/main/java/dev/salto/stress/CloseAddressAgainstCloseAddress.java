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
 * Two threads close a function pointer: one of them does, and the other one is told that it is
 * closed. Another one is what it was.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first thread closed it")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the second thread closed it")
@State
public class CloseAddressAgainstCloseAddress {
    private final Numbered bystander = new Numbered();
    private final long address = new Numbered().bindAddress();
    private final long other = bystander.bindAddress();

    private int close() {
        try {
            Numbered.TYPE.closeAddress(address);
            return 1;
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    /** Closes. */
    @Actor
    public void close(III_Result result) {
        result.r1 = close();
    }

    /** Closes, too. */
    @Actor
    public void closeToo(III_Result result) {
        result.r2 = close();
    }

    /** Calls the other one. */
    @Arbiter
    public void call(III_Result result) {
        result.r3 = bystander.ask(other);
        Numbered.TYPE.closeAddress(other);
    }
}
