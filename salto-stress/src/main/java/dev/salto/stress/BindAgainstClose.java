// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.salto.Closure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A closure is bound while another one of its type is closed: it answers with its own number. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "the new closure answers")
@State
public class BindAgainstClose {
    private final Closure<Numbered> old = new Numbered().bind();
    private final Numbered object = new Numbered();
    private @Nullable Closure<Numbered> closure;

    /** Binds. */
    @Actor
    public void bind() {
        closure = object.bind();
    }

    /** Closes. */
    @Actor
    public void close() {
        old.close();
    }

    /** Calls the new one. */
    @Arbiter
    public void call(I_Result result) {
        Closure<Numbered> bound = Objects.requireNonNull(closure);
        result.r1 = object.ask(bound.address());
        bound.close();
    }
}
