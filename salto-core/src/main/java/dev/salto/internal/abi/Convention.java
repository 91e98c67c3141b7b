// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;

/**
 * A calling convention of native code on one architecture, for data-driven closures. Has no state.
 */
public interface Convention {
    /** Instead of the number of declared arguments: the function is not variadic. */
    int NO_DOTS = -1;

    /**
     * Finds the places of a function's arguments and result.
     *
     * @param function the function's type, which may contain
     *     {@linkplain ExtendedType extended types}
     * @param fixed the number of declared arguments; those after them are variadic.
     *     {@link #NO_DOTS} for a function that is not variadic. The difference matters even without
     *     variadic arguments
     * @throws IllegalArgumentException if the convention cannot pass one of the types; the message
     *     names it
     */
    CallSequence classify(FunctionDescriptor function, int fixed);

    /** The name of the entry that stores the arguments of such functions. */
    default String entry() {
        return "generic";
    }

    /** Whether numbers that are {@code float} in C are {@code double} in a register. */
    default boolean widensFloats() {
        return false;
    }

    /** Whether an {@code unsigned int} is widened by its highest bit, and not with zeros. */
    default boolean extendsUnsignedIntsBySign() {
        return false;
    }

    /**
     * The answer of the universal gate to the entry, for a function of this type. On x86-64 it is
     * the number of results on the x87 stack. On i386 the lowest byte is the size of the number on
     * the x87 stack, 0 if there is none. The bits above it are the size of the arguments that the
     * callee removes from the stack. Both sizes are in bytes.
     */
    default int answer(CallSequence call) {
        int count = 0;
        if (call.result() instanceof CallSequence.Result.InRegisters result) {
            for (Piece piece : result.pieces()) {
                count += piece.storage() instanceof Storage.X87Register ? 1 : 0;
            }
        }
        return count;
    }
}
