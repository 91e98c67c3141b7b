// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/** The place of a piece of a value during a call. */
public sealed interface Storage {
    /**
     * A register for integers and pointers.
     *
     * @param number its place among the registers that carry such values, in the calling
     *     convention's order, from 0
     */
    record IntegerRegister(int number) implements Storage {}

    /**
     * A register for floating-point numbers.
     *
     * @param number its place among the registers that carry such values, in the calling
     *     convention's order, from 0
     */
    record VectorRegister(int number) implements Storage {}

    /**
     * A register for values of 16 bytes, where those for floating-point numbers have less.
     *
     * @param number its place among the registers that carry such values, in the calling
     *     convention's order, from 0
     */
    record QuadRegister(int number) implements Storage {}

    /**
     * A place on the stack of the x87, for results.
     *
     * @param number how far it is from the top, from 0
     */
    record X87Register(int number) implements Storage {}

    /**
     * Memory among the caller's stack arguments.
     *
     * @param offset its distance in bytes from the first of them
     */
    record Stack(long offset) implements Storage {}

    /**
     * Memory of the caller's, somewhere else.
     *
     * @param pointer where its address is
     */
    record Reference(Storage pointer) implements Storage {}
}
