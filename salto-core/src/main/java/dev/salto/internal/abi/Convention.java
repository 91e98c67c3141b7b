// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;

/**
 * A calling convention that native code on one architecture may use, for closures that Salto reads
 * the arguments of itself. Has no state.
 */
public interface Convention {
    /** In place of a number of declared arguments: the function is declared without three dots. */
    int NO_DOTS = -1;

    /**
     * Says how the values of a function travel.
     *
     * @param function the function's type, which may have {@linkplain ExtendedType extended types}
     *     in it
     * @param fixed how many of its arguments are declared; those behind them are passed for three
     *     dots. {@link #NO_DOTS}, if it has none: a function that has them may be called with no
     *     more than its declared arguments, and passed them in another way
     * @throws IllegalArgumentException if the convention has no way to pass one of the types; the
     *     message names it
     */
    CallSequence classify(FunctionDescriptor function, int fixed);

    /** The name of the entry that stores what such functions are called with. */
    default String entry() {
        return "generic";
    }

    /** Whether numbers that are {@code float} in C are {@code double} in a register. */
    default boolean widensFloats() {
        return false;
    }

    /**
     * What the universal gate tells the entry for a function of this type. On x86-64, how many
     * results go onto the stack of the x87. On i386, in the lowest byte the size in bytes of the
     * number that goes there, 0 if there is none, and above that how many bytes of arguments the
     * callee removes from the stack.
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
