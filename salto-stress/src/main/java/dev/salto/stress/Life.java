// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * The life of a closure: what its function pointer answers when it is bound, rebound and closed.
 */
final class Life {
    private Life() {}

    /**
     * Calls a closure, rebinds it, calls it, closes it, and calls it.
     *
     * @param closure is bound to {@code first}
     * @param result gets what {@link Numbered#ask} says of each of the calls: of the first object,
     *     and of the second one twice
     */
    static void live(Closure<? super Numbered> closure, Numbered first, Numbered second, IIII_Result result) {
        MemorySegment function = closure.address();
        result.r1 = first.ask(function);
        closure.rebind(second);
        result.r2 = second.ask(function);
        closure.close();
        result.r3 = second.ask(function);
    }

    /** Does the same with a closure that may be sealed meanwhile, and then keeps its object. */
    static void liveSealed(Closure<? super Numbered> closure, Numbered first, Numbered second, IIII_Result result) {
        MemorySegment function = closure.address();
        result.r1 = first.ask(function);
        Numbered bound = rebind(closure, second) ? second : first;
        result.r2 = bound.ask(function);
        closure.close();
        result.r3 = bound.ask(function);
    }

    private static boolean rebind(Closure<? super Numbered> closure, Numbered second) {
        try {
            closure.rebind(second);
            return true;
        } catch (IllegalStateException e) {
            if (!String.valueOf(e.getMessage()).contains("sealed")) {
                throw e;
            }
            return false;
        }
    }
}
