// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/**
 * Where one more word goes behind a function's own arguments.
 *
 * @param storage the register or the place on the stack
 * @param stackSize the size in bytes of the stack arguments that lie before it, which the entry has to copy; 0 if there is nothing to
 *     copy
 */
public record TrailingArgument(Storage storage, long stackSize) {
    /**
     * The name of the entry that puts it there.
     *
     * @param prefix the kind of entry, {@code append_} or {@code bind_}
     */
    public String entry(String prefix) {
        return switch (storage) {
            case Storage.IntegerRegister register ->
                prefix + "gp" + register.number() + (stackSize > 0 ? "_stack" : "");
            case Storage.Stack _ -> prefix + "stack";
            case Storage.VectorRegister _,Storage.Reference _ ->
                throw new AssertionError("a word does not travel in " + storage);
        };
    }
}
