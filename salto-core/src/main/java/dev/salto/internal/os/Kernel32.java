// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls functions of Windows. All share one linkage: words in, a word out.
 *
 * <p>The class is initialised when the first function is called, because linking needs the
 * permission to call native code.
 */
final class Kernel32 {
    private static final long INVALID_HANDLE = -1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERROR = Linker.Option.captureCallState("GetLastError");

    /** Every process has it loaded. */
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("kernel32.dll", Arena.global());

    /**
     * Calls any function that takes at most seven integers or pointers. Each has a place of eight
     * bytes, and superfluous arguments do no harm: the caller removes them. If the result has 32
     * bits, the rest of its word is undefined.
     */
    private static final MethodHandle FUNCTION = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG),
            CAPTURE_ERROR);

    /**
     * The memory where {@link #FUNCTION} stores the error's number, unless another thread has taken
     * it for a call.
     */
    private static final AtomicReference<@Nullable MemorySegment> SPARE_STATE = new AtomicReference<>(newState());

    private Kernel32() {}

    /**
     * Calls a function that returns a handle or an address, or 0 or -1.
     *
     * @return its result; instead of these two the negative number of the error
     */
    static long callForWord(MemorySegment function, long first, long second, long third, long fourth, long fifth,
            long sixth, long seventh) {
        MemorySegment state = takeState();
        long result = call(function, state, first, second, third, fourth, fifth, sixth, seventh);
        long answer = result == 0 || result == INVALID_HANDLE ? error(state) : result;
        SPARE_STATE.set(state);
        return answer;
    }

    /**
     * Calls a function that returns a number of 32 bits, or 0.
     *
     * @return its result; instead of 0 the negative number of the error
     */
    static long callForInt(MemorySegment function, long first, long second, long third, long fourth, long fifth) {
        MemorySegment state = takeState();
        int result = (int) call(function, state, first, second, third, fourth, fifth, 0, 0);
        long answer = result == 0 ? error(state) : Integer.toUnsignedLong(result);
        SPARE_STATE.set(state);
        return answer;
    }

    private static MemorySegment takeState() {
        MemorySegment state = SPARE_STATE.getAndSet(null);
        return state != null ? state : newState();
    }

    private static MemorySegment newState() {
        return Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    }

    /** The first member of the state, which has no other one of interest. */
    private static long error(MemorySegment state) {
        return -Math.max(1, state.asByteBuffer().order(ByteOrder.nativeOrder()).getInt(0));
    }

    private static long call(MemorySegment function, MemorySegment state, long first, long second, long third,
            long fourth, long fifth, long sixth, long seventh) {
        try {
            return (long) FUNCTION.invokeExact(function, state, first, second, third, fourth, fifth, sixth, seventh);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    static MemorySegment find(String name) {
        return LIBRARY.findOrThrow(name);
    }
}
