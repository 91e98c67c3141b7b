// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;

/** An object that answers native calls with a number of its own, which is never zero. */
final class Numbered implements IntBinaryOperator {
    /** What a call of nothing answers. */
    static final int ZERO = 0;

    /** The answer is the expected number. */
    static final int RIGHT = 1;

    /** The answer is neither. */
    static final int WRONG = -1;

    private static final AtomicInteger LAST = new AtomicInteger();
    private static final ClosureType<Numbered> TYPE = makeType();

    private final int number;

    Numbered() {
        // Odd, and so never zero, however often it wraps around.
        number = LAST.addAndGet(2) | 1;
    }

    /** Calls of closed closures are part of the tests, and not worth a word. */
    private static ClosureType<Numbered> makeType() {
        Salto.setUseAfterFreePolicy(_ -> {});
        return ClosureType.of(IntBinaryOperator.class, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    }

    @Override
    public int applyAsInt(int a, int b) {
        return number;
    }

    Closure<Numbered> bind() {
        return TYPE.bind(this);
    }

    /** Calls a function pointer: {@link #RIGHT} if this object answers, {@link #ZERO} or {@link #WRONG}. */
    int ask(MemorySegment function) {
        int answer = call(function);
        return answer == number ? RIGHT : answer == 0 ? ZERO : WRONG;
    }

    /** What a function pointer answers. */
    static int call(MemorySegment function) {
        return Callers.callRepeatedly(function, 1, 0);
    }

    int number() {
        return number;
    }
}
