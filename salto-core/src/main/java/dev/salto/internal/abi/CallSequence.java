// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.util.Collections;
import java.util.List;

/**
 * The places of a function's arguments and result, by one calling convention.
 *
 * @param arguments the pieces of each argument, in the order of the descriptor; none for an
 *     argument that takes no room
 * @param result the place of the result
 * @param stackSize the size of all stack arguments in bytes, a whole number of stack slots
 */
public record CallSequence(List<List<Piece>> arguments, Result result, long stackSize) {
    /** Makes the list unmodifiable. Callers do not change the lists in it. */
    public CallSequence {
        arguments = Collections.unmodifiableList(arguments);
    }

    /** The place of a result. */
    public sealed interface Result {
        /** There is none, or it takes no room. */
        record None() implements Result {}

        /**
         * In registers.
         *
         * @param pieces the parts of the result; their numbers count the registers for results
         */
        record InRegisters(List<Piece> pieces) implements Result {}

        /**
         * In memory that the caller provides.
         *
         * @param pointer where the callee finds the memory's address
         */
        record InMemory(Storage pointer) implements Result {}
    }
}
