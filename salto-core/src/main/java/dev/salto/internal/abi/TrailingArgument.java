// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import org.jspecify.annotations.Nullable;

/**
 * The place of one more word behind a function's own arguments, and the entries that put it there.
 *
 * @param storage the register or the place on the stack
 * @param stackSize the size in bytes of the stack arguments that lie before it, which the entry has
 *     to copy; 0 if there is nothing to copy
 * @param variant the end of the entries' names for this function; empty if all functions have the
 *     same entries
 * @param zero the end of the name of the entry that returns zero like this function; empty if all
 *     functions have the same one
 */
public record TrailingArgument(Storage storage, long stackSize, String variant, String zero) {
    /** The name of the entry that returns zero, if all functions have the same one. */
    public static final String DEAD = "dead";

    TrailingArgument(Storage storage, long stackSize) {
        this(storage, stackSize, "", "");
    }

    // Written out: the JVM makes classes for a record's own method, which fails at a stack's end.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TrailingArgument that && stackSize == that.stackSize && zero.equals(that.zero)
                && entry("").equals(that.entry(""));
    }

    @Override
    public int hashCode() {
        return 31 * entry("").hashCode() + Long.hashCode(stackSize);
    }

    /** The name of the entry that returns zero. */
    public String dead() {
        return DEAD + zero;
    }

    /**
     * The name of the entry that puts the word there.
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
