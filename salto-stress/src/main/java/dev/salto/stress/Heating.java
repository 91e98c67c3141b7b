// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ExceptionPolicy;
import dev.salto.Salto;
import dev.salto.TrampolineTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One data-driven function after another, which is called until it has a gate of its own. Its first
 * closures, whose slots are in a table that functions share, are open until that moment. For one
 * thread at a time, but for {@link #function} and {@link #hasGate}.
 */
final class Heating {
    private static final CallInterface FUNCTION = CallInterface.prepare(Numbered.FUNCTION);

    /** As many as a function has in a table that it shares. */
    private static final int CLOSURES = 16;

    /** How many functions there are: each takes some tables for good. */
    private static final int MOST = 1000;

    /** How many calls there are in a step. */
    private static final int CALLS = 100;

    private final boolean isSealed;
    private final Numbered object = new Numbered();
    private final List<Closure<CallHandler>> closures = new ArrayList<>();
    private int functions;
    private volatile CallInterface function = FUNCTION;
    private volatile long gatesBefore;

    /**
     * No function was called yet.
     *
     * @param isSealed whether each function is sealed, and so must not be in the table of the one
     *     before
     */
    Heating(boolean isSealed) {
        this.isSealed = isSealed;
    }

    /** The function that is called now. */
    CallInterface function() {
        return function;
    }

    /** Whether that function's gate is made: its closures are led there just now. */
    boolean hasGate() {
        return Salto.statistics().gates() > gatesBefore;
    }

    /**
     * Calls a function's closure, or closes one if the function has a gate, and begins with another
     * function when there is none left.
     *
     * @return {@link Numbered#RIGHT} if all calls answered what they should
     */
    int step() {
        if (closures.isEmpty()) {
            begin();
        }
        if (!hasGate() || functions == MOST) {
            return object.ask(closures.getFirst().address(), CALLS);
        }
        Closure<CallHandler> closure = closures.removeLast();
        MemorySegment address = closure.address();
        int answer = object.ask(address);
        closure.close();
        return object.ask(address) == Numbered.ZERO ? answer : Numbered.WRONG;
    }

    /** One with a handler of its own is nobody else's. */
    private static CallInterface fresh() {
        return CallInterface.prepare(Numbered.FUNCTION, ClosureOption.onException(ExceptionPolicy.handleBy(_ -> 0)));
    }

    private void begin() {
        functions++;
        if (isSealed) {
            useUpSharedTable();
        }
        CallInterface fresh = fresh();
        for (int i = 0; i < CLOSURES; i++) {
            closures.add(fresh.bindBoxed((CallHandler) object));
        }
        gatesBefore = Salto.statistics().gates();
        function = fresh;
    }

    /**
     * Takes the slots of as many functions as there are in a shared table, so that the next
     * function is in another one.
     */
    private static void useUpSharedTable() {
        for (int i = 0; i < TrampolineTable.capacity() / CLOSURES; i++) {
            fresh().bindBoxed((CallHandler) new Numbered()).close();
        }
    }
}
