// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.internal.failure.StaleCall;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.text.Warnings;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Where calls of closed closures end: the function that the {@code caught} entries of all tables call. It is an upcall stub, one for the
 * process, made when the first closure is closed, or before that on request.
 */
public final class Catcher {
    private static final MemoryLayout WORD = ADDRESS.byteSize() == Long.BYTES ? JAVA_LONG : JAVA_INT;

    private Catcher() {}

    /** Made once, so that it fails once. */
    private static final class Stub {
        static final long ADDRESS_OR_0 = make();

        private Stub() {}

        private static long make() {
            try {
                return Linker.nativeLinker()
                        .upcallStub(target(), FunctionDescriptor.of(WORD, WORD, WORD, WORD), Arena.global()).address();
            } catch (RuntimeException | Error e) {
                // No room for code, or no right to make any: the JVM says so in several ways.
                Warnings.log(
                        "Calls of closed closures will return zero unnoticed in this process, because the JVM cannot make"
                                + " a function for them; Salto.initialize() makes it early: " + e);
                return 0;
            }
        }

        private static MethodHandle target() {
            Class<?> word = WORD.equals(JAVA_LONG) ? long.class : int.class;
            try {
                return MethodHandles.explicitCastArguments(
                        MethodHandles.lookup().findStatic(Catcher.class, "caught",
                                MethodType.methodType(long.class, long.class, long.class, long.class)),
                        MethodType.methodType(word, word, word, word));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("the catcher lacks its method", e);
            }
        }
    }

    /** Makes the function now, if it can be made. */
    public static void prepare() {
        long _ = address();
    }

    /** The function's address; 0 if the JVM cannot make it, and calls of closed closures have to stay unnoticed. */
    static long address() {
        return Stub.ADDRESS_OR_0;
    }

    /**
     * What a {@code caught} entry calls.
     *
     * @param argument the trampoline's argument, the id of the closure's slot
     * @param returnAddress where the caller goes on
     * @param resultInMemory where the result is to be, if the caller provides memory for it; otherwise it can be anything
     * @return what the entry returns as an integer or pointer
     */
    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static long caught(long argument, long returnAddress, long resultInMemory) {
        long result = 0;
        try {
            int id = (int) argument;
            long size = Tables.kind(id).resultInMemory();
            if (size > 0) {
                MemorySegment.ofAddress(address(resultInMemory)).reinterpret(size).fill((byte) 0);
                result = resultInMemory;
            }
            StaleCalls.report(Tables.staleCall(id, address(returnAddress)));
        } catch (Throwable e) {
            StaleCalls.reportFailed(e);
        }
        return result;
    }

    /** Notes a call that had passed the trampoline when its closure was closed. Throws nothing. */
    public static void caughtLate(int id) {
        caughtAt(id, 0);
    }

    /**
     * Notes a call of a closure that was closed. Throws nothing.
     *
     * @param returnAddress as in {@link StaleCall}
     */
    public static void caughtAt(int id, long returnAddress) {
        try {
            StaleCalls.report(Tables.staleCall(id, returnAddress));
        } catch (Throwable e) {
            StaleCalls.reportFailed(e);
        }
    }

    private static long address(long word) {
        return WORD.equals(JAVA_LONG) ? word : Integer.toUnsignedLong((int) word);
    }
}
