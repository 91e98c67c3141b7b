// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallHandler;
import dev.salto.CalledClosure;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;

/** An object that answers native calls with a number of its own, which is never zero. */
class Numbered implements IntBinaryOperator, CallHandler {
    /** The type of the native functions. */
    static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** The result of a call without an object. */
    static final int ZERO = 0;

    /** The answer is the expected number. */
    static final int RIGHT = 1;

    /** The answer is neither. */
    static final int WRONG = -1;

    /** The type of the closures. */
    static final ClosureType<Numbered> TYPE = type();

    private static final AtomicInteger LAST = new AtomicInteger();

    private final int number;

    Numbered() {
        // Odd, and so never zero, however often it wraps around.
        number = LAST.addAndGet(2) | 1;
    }

    /** Calls of closed closures are part of the tests, and not worth a word. */
    static ClosureType<Numbered> type(ClosureOption... options) {
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        return ClosureType.of(IntBinaryOperator.class, FUNCTION, options);
    }

    @Override
    public int applyAsInt(int a, int b) {
        return number;
    }

    @Override
    public Object call(CalledClosure called, Object[] arguments) {
        return number;
    }

    Closure<Numbered> bind() {
        return TYPE.bind(this);
    }

    /** Binds this object until an arena is closed. */
    MemorySegment bind(Arena arena) {
        // Not the segment, because a call with it keeps the arena from being closed.
        return MemorySegment.ofAddress(TYPE.bind(this, arena).address());
    }

    /** Binds this object until {@link ClosureType#closeAddress}. */
    long bindAddress() {
        return TYPE.bindAddress(this);
    }

    /**
     * Calls a function pointer: {@link #RIGHT} if this object answers, {@link #ZERO} or {@link
     * #WRONG}.
     */
    int ask(MemorySegment function) {
        return ask(function, 1);
    }

    /** The same of the last of many calls. */
    int ask(MemorySegment function, int calls) {
        int answer = Callers.callRepeatedly(function, calls, 0);
        return answer == number ? RIGHT : answer == 0 ? ZERO : WRONG;
    }

    /** The same by address. */
    int ask(long address) {
        return ask(MemorySegment.ofAddress(address));
    }

    /** Calls a function pointer and returns its result. */
    static int call(MemorySegment function) {
        return Callers.callRepeatedly(function, 1, 0);
    }

    int number() {
        return number;
    }
}
