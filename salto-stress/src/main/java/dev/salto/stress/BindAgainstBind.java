// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads bind closures of one type. Tables grow now and then, because some closures stay open.
 * Each closure has an address of its own and answers with its own number.
 */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "two closures")
@State
public class BindAgainstBind {
    /** Some two hundred tables of x86-64. */
    private static final int MOST_OPEN = 1 << 19;

    /** The tests of a batch come one after the other, so that only one of many can grow a table. */
    private static final int CLOSED_FOR_EACH_OPEN = 2;

    private static final AtomicInteger DONE = new AtomicInteger();

    private final Numbered first = new Numbered();
    private final Numbered second = new Numbered();
    private @Nullable Closure<Numbered> firstClosure;
    private @Nullable Closure<Numbered> secondClosure;

    /** Binds. */
    @Actor
    public void bind() {
        firstClosure = first.bind();
    }

    /** Binds, too. */
    @Actor
    public void bindToo() {
        secondClosure = second.bind();
    }

    /** Calls both. */
    @Arbiter
    public void call(III_Result result) {
        Closure<Numbered> one = Objects.requireNonNull(firstClosure);
        Closure<Numbered> two = Objects.requireNonNull(secondClosure);
        result.r1 = first.ask(one.address());
        result.r2 = second.ask(two.address());
        result.r3 = one.address().equals(two.address()) ? 0 : 1;
        int number = DONE.getAndIncrement();
        if (number % CLOSED_FOR_EACH_OPEN != 0 || number / CLOSED_FOR_EACH_OPEN > MOST_OPEN) {
            one.close();
            two.close();
        }
    }
}
