// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/**
 * Where one more word goes behind a function's own arguments, and which entries put it there.
 *
 * @param storage the register or the place on the stack
 * @param stackSize the size in bytes of the stack arguments that lie before it, which the entry has
 *     to copy; 0 if there is nothing to copy
 * @param variant what the names of entries end in for this function; empty if all functions have
 *     the same entries
 * @param zero what the names of the entries end in that return zero the way this function would;
 *     empty if one can do so for all functions
 */
public record TrailingArgument(Storage storage, long stackSize, String variant, String zero) {
    /** The name of the entry that returns zero, where one can do so for all functions. */
    public static final String DEAD = "dead";

    TrailingArgument(Storage storage, long stackSize) {
        this(storage, stackSize, "", "");
    }

    /** The name of the entry for calls that lead to nothing. */
    public String dead() {
        return DEAD + zero;
    }

    /**
     * The name of the entry that puts it there.
     *
     * @param prefix the kind of entry, {@code append_} or {@code bind_}
     */
    public String entry(String prefix) {
        if (storage instanceof Storage.IntegerRegister register) {
            return prefix + "gp" + register.number() + (stackSize > 0 ? "_stack" : "") + variant;
        }
        if (storage instanceof Storage.Stack) {
            return prefix + "stack" + variant;
        }
        throw new AssertionError("a word does not travel in " + storage);
    }
}
