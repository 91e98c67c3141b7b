// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A table of one owner, who writes its blocks. Tables that were given back are used again.
 *
 * <p>For one thread at a time; {@link #take} for any.
 */
public final class UserTable {
    /**
     * The tables that were given back, the oldest first. They are linked themselves, so that adding
     * one cannot fail.
     */
    private static @Nullable UserTable oldest;

    private static @Nullable UserTable latest;

    private final BlockTable table;
    private @Nullable UserTable next;
    private boolean isFree;

    /** Whether the blocks may be read-only, because {@link #seal} was called. */
    private boolean isReadOnly;

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

    private static synchronized @Nullable UserTable takeFree() {
        UserTable table = oldest;
        if (table != null) {
            oldest = table.next;
            table.next = null;
            table.isFree = false;
        }
        return table;
    }

    /**
     * Gives the table back. All its trampolines lead to the dead entry again. The caller may try
     * again after a failure.
     *
     * @throws IllegalStateException if {@link #seal} failed, and the system refuses to let the
     *     blocks be written
     */
    public void giveBack() {
        if (isReadOnly) {
            table.unseal();
            isReadOnly = false;
        }
        leadAllToDead();
        addFree(this);
    }

    private static synchronized void addFree(UserTable table) {
        if (!table.isFree) {
            table.isFree = true;
            if (oldest == null || latest == null) {
                oldest = table;
            } else {
                latest.next = table;
            }
            latest = table;
        }
    }

    /**
     * Makes the blocks read-only for good. The table must not be given back after that. After a
     * failure, the caller may try again, or give the table back.
     *
     * @throws IllegalStateException if the system refuses
     */
    public void seal() {
        isReadOnly = true;
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
