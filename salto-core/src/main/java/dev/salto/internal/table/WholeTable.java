// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A table that one owner has to itself, with its parameter blocks in the owner's hands. Tables that were given back are used again.
 *
 * <p>For one thread at a time; {@link #take} for any.
 */
public final class WholeTable {
    private static final Deque<WholeTable> FREE = new ArrayDeque<>();

    private final TextImage image;
    private final Table table;

    private WholeTable(TextImage image, Table table) {
        this.image = image;
        this.table = table;
        allDead();
    }

    /**
     * Takes a table whose trampolines all lead to the dead entry.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    public static WholeTable take(TextImage image) {
        synchronized (FREE) {
            WholeTable free = FREE.poll();
            if (free != null) {
                return free;
            }
        }
        return new WholeTable(image, Tables.addUnprotected(image));
    }

    /** Gives the table back, with all its trampolines leading to the dead entry again. */
    public void giveBack() {
        allDead();
        synchronized (FREE) {
            FREE.add(this);
        }
    }

    /**
     * Makes the parameter blocks read-only for good. The table must not be given back after that.
     *
     * @throws IllegalStateException if the system refuses
     */
    public void seal() {
        table.seal();
    }

    private void allDead() {
        long dead = table.entry(image.index().entry(TrailingArgument.DEAD));
        for (int slot = 0; slot < image.index().trampolineCount(); slot++) {
            table.setEntryRelease(slot, dead);
        }
    }

    /** The function pointer of a slot. */
    public long address(int slot) {
        return table.trampoline(slot);
    }

    /** The parameter blocks, in the order of their trampolines. */
    public MemorySegment blocks() {
        return table.blocks();
    }
}
