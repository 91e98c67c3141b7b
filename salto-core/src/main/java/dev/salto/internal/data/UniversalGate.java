// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.internal.table.ClosedCalls;
import dev.salto.internal.table.Kind;
import dev.salto.internal.table.Tables;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;

/**
 * The gate of all data-driven closures: one upcall stub for the process. The generic entries call
 * it with a slot's id and the address of a frame. It is made with the first such closure, or before
 * that on request. After that, no code is made for a function type.
 */
public final class UniversalGate {
    private static final MemoryLayout WORD = ADDRESS.byteSize() == Long.BYTES ? JAVA_LONG : JAVA_INT;

    private UniversalGate() {}

    private static volatile long address;

    /**
     * The function's address.
     *
     * @throws IllegalStateException if the JVM has no room for its code; the next call tries again
     */
    public static long address() {
        long made = address;
        return made != 0 ? made : make();
    }

    private static synchronized long make() {
        if (address == 0) {
            try {
                address = Linker.nativeLinker()
                        .upcallStub(target(), FunctionDescriptor.of(WORD, WORD, WORD), Arena.global()).address();
            } catch (OutOfMemoryError e) {
                throw new IllegalStateException(
                        "the JVM has no room in its code cache for the one function that all data-driven closures share; Salto.initialize() makes it early",
                        e);
            }
        }
        return address;
    }

    private static MethodHandle target() {
        Class<?> word = WORD.equals(JAVA_LONG) ? long.class : int.class;
        try {
            return MethodHandles.explicitCastArguments(
                    MethodHandles.lookup().findStatic(UniversalGate.class, "answer",
                            MethodType.methodType(long.class, long.class, long.class)),
                    MethodType.methodType(word, word, word));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the universal gate lacks its method", e);
        }
    }

    /**
     * Answers a call of a generic entry.
     *
     * @param argument the trampoline's argument, the id of the closure's slot
     * @param frameWord the address of the entry's frame, with the arguments and the result
     * @return the answer to the entry, see {@link dev.salto.internal.abi.Convention#answer}
     */
    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static long answer(long argument, long frameWord) {
        long frame = WORD.equals(JAVA_LONG) ? frameWord : Integer.toUnsignedLong((int) frameWord);
        int id = (int) argument;
        Kind kind = Tables.kind(id);
        CallPlan plan = (CallPlan) Objects.requireNonNull(kind.plan(), "not data-driven");
        DataDrivenFunction function = (DataDrivenFunction) kind.rules();
        boolean isOpen = function != null;
        if (function != null) {
            try {
                Object target = Tables.called(id);
                isOpen = target != null;
                if (target != null) {
                    function.call(target, id, frame);
                }
            } catch (Throwable e) {
                failed(function, e, plan, id, frame);
            }
        }
        if (!isOpen) {
            plan.returnZero(frame);
            report(plan, id, frame);
        }
        return plan.answer();
    }

    private static void report(CallPlan plan, int id, long frame) {
        try {
            ClosedCalls.report(id, plan.returnAddress(frame));
        } catch (Throwable e) {
            // There is no stack or no memory left, even for that.
        }
    }

    @SuppressWarnings("ReferenceEquality") // it may have an equal of its own
    private static void failed(DataDrivenFunction function, Throwable exception, CallPlan plan, int id,
            long frame) {
        plan.stay(frame);
        try {
            function.failed(exception, id, frame);
        } catch (Throwable e) {
            if (e == exception) {
                // The exception ends the JVM, as from a stub of the JDK.
                throw UniversalGate.<RuntimeException>unchecked(e);
            }
            // There is no stack or no memory left, even for that.
            plan.returnZero(frame);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable exception) throws X {
        throw (X) exception;
    }
}
