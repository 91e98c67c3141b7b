// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A closure is bound, and another thread calls its function pointer. Tables grow now and then,
 * because closures stay open. A function pointer that was handed over reaches its object.
 */
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "not handed over yet")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "the call reaches the object")
@State
public class CallAgainstBind {
    /** Some two hundred tables of x86-64. */
    private static final int MOST_OPEN = 1 << 19;

    private static final AtomicInteger DONE = new AtomicInteger();

    private final Numbered object = new Numbered();
    private volatile long address;

    /** Binds. */
    @Actor
    public void bind() {
        address = object.bindAddress();
    }

    /** Calls. */
    @Actor
    public void call(I_Result result) {
        long known = address;
        result.r1 = known == 0 ? 0 : object.ask(known);
    }

    /** Closes. */
    @Arbiter
    public void close() {
        if (DONE.getAndIncrement() > MOST_OPEN) {
            Numbered.TYPE.closeAddress(address);
        }
    }
}
