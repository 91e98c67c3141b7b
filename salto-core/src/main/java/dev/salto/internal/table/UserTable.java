// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A table that one owner has to itself, with its blocks in the owner's hands. Tables that were
 * given back are used again.
 *
 * <p>For one thread at a time; {@link #take} for any.
 */
public final class UserTable {
    private static final Deque<UserTable> FREE = new ArrayDeque<>();

    private final BlockTable table;

    private UserTable(BlockTable table) {
        this.table = table;
    }

    /**
     * Takes a table whose trampolines all lead to the dead entry.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    public static UserTable take(TextImage image) {
        UserTable free = takeFree();
        if (free != null) {
            return free;
        }
        UserTable made = new UserTable(BlockTable.add(image, false));
        made.leadAllToDead();
        return made;
    }

    private static @Nullable UserTable takeFree() {
        synchronized (FREE) {
            return FREE.poll();
        }
    }

    /** Gives the table back, with all its trampolines leading to the dead entry again. */
    public void giveBack() {
        leadAllToDead();
        synchronized (FREE) {
            FREE.add(this);
        }
    }

    /**
     * Makes the blocks read-only for good. The table must not be given back after that.
     *
     * @throws IllegalStateException if the system refuses
     */
    public void seal() {
        table.seal();
    }

    private void leadAllToDead() {
        long dead = table.entry(TrailingArgument.DEAD);
        for (int slot = 0; slot < table.capacity(); slot++) {
            table.setEntry(slot, dead);
        }
    }

    /** The function pointer of a slot. */
    public long address(int slot) {
        return table.address(slot);
    }

    /** The blocks, in the order of their trampolines. */
    public MemorySegment blocks() {
        return table.blocks();
    }
}
