// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.ActiveCall;
import dev.salto.internal.os.NativeAccess;
import java.lang.foreign.MemorySegment;

/**
 * The native call that the current thread answers, for callbacks of types with {@link
 * ClosureOption#currentCall}. They get no {@link Arguments}.
 *
 * {@snippet :
 * interface Read {
 *     int read(MemorySegment path, MemorySegment buffer);
 * }
 *
 * ClosureType<Read> type = ClosureType.of(Read.class, function, ClosureOption.currentCall());
 * Closure<Read> read = type.bind((path, buffer) -> {
 *     CurrentCall.setErrno(5);    // EIO
 *     return -1;
 * });
 * }
 *
 * <p>Methods are for the callback's thread, until the callback returns. If a callback calls native
 * code that calls back, they are for the innermost call of such a type.
 */
public final class CurrentCall {
    private CurrentCall() {}

    /**
     * {@return the {@code errno} of the caller, as {@link Arguments#errno} does}
     *
     * @throws IllegalStateException if the thread answers no call of such a type
     */
    public static int errno() {
        return required().lastError();
    }

    /**
     * Sets the {@code errno} that the caller finds, as {@link Arguments#setErrno} does.
     *
     * @param number the number of an error, or any other
     * @throws IllegalStateException if the thread answers no call of such a type
     */
    public static void setErrno(int number) {
        required().setLastError(number);
    }

    /**
     * Ends the callback by a native function that need not return, as {@link Arguments#leaveBy}
     * does. The callback's own result does not count.
     *
     * @param function the address of a native function; its memory must stay until the call
     * @param words the arguments of the function
     * @throws IllegalArgumentException as {@link Arguments#leaveBy}
     * @throws IllegalStateException if the thread answers no call of such a type
     * @throws IllegalCallerException if the module of the caller has no native access; the message
     *     names the option that grants it
     */
    public static void leaveBy(MemorySegment function, long... words) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "CurrentCall.leaveBy");
        }
        Trampoline.requireTarget(function);
        required().leaveBy(function.address(), words);
    }

    private static ActiveCall required() {
        ActiveCall call = ActiveCall.current();
        if (call == null) {
            throw new IllegalStateException(
                    "the thread %s answers no call of a type with ClosureOption.currentCall; make the type with it"
                            .formatted(Thread.currentThread().getName()));
        }
        return call;
    }
}
