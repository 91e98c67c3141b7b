// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Slots with blocks, for native bindings or raw trampolines. A slot that was given back is used
 * again after a number of others.
 *
 * <p>All methods may be called from any thread. Methods with a slot as a parameter expect a slot
 * that is taken. The caller must ensure that nobody else gives it back.
 */
public final class BlockSlots {
    private static final List<BlockSlots> ALL = new CopyOnWriteArrayList<>();

    private final TextImage image;
    private final String entry;
    private final String dead;
    private final boolean haveRecords;
    private final int quarantineSize = QuarantineSetting.size();

    /** Replaced, but never changed. */
    private volatile BlockTable[] tables = {};

    /**
     * A ring of slots that were given back, with room for all: the oldest one is at {@link
     * #oldest}.
     */
    private int[] free = {};

    private int oldest;
    private int freeCount;

    /** The first slot that was never taken. */
    private int fresh;

    private long taken;
    private long givenBack;

    private BlockSlots(TextImage image, String entry, String dead, boolean haveRecords) {
        this.image = image;
        this.entry = entry;
        this.dead = dead;
        this.haveRecords = haveRecords;
        ALL.add(this);
    }

    /**
     * Makes slots with call records. There is no table yet.
     *
     * @param place where the appended argument goes
     */
    public static BlockSlots ofCalls(TextImage image, TrailingArgument place) {
        return new BlockSlots(image, place.entry("bind_"), place.dead(), true);
    }

    /** Makes slots whose trampolines jump to their targets. There is no table yet. */
    public static BlockSlots ofTargets(TextImage image) {
        return new BlockSlots(image, TrailingArgument.DEAD, TrailingArgument.DEAD, false);
    }

    /** How many slots were taken and given back so far, in all. */
    static Turnover turnoverOfAll() {
        Turnover sum = new Turnover(0, 0);
        for (BlockSlots slots : ALL) {
            sum = sum.plus(slots.turnover());
        }
        return sum;
    }

    private synchronized Turnover turnover() {
        return new Turnover(taken, givenBack);
    }

    /**
     * Takes a slot whose calls return zero.
     *
     * @throws IllegalStateException if the system refuses the memory for one more table; the
     *     message holds its reason
     */
    public int take() {
        int slot = tryTake();
        while (slot == Tables.NONE) {
            grow();
            slot = tryTake();
        }
        return slot;
    }

    private synchronized int tryTake() {
        if (freeCount > quarantineSize) {
            int slot = free[oldest];
            oldest = oldest + 1 == free.length ? 0 : oldest + 1;
            freeCount--;
            taken++;
            return slot;
        }
        if (fresh >= free.length) {
            return Tables.NONE;
        }
        taken++;
        return fresh++;
    }

    private void grow() {
        BlockTable table = BlockTable.add(image, haveRecords);
        long entryOfDead = table.entry(dead);
        for (int slot = 0; slot < table.capacity(); slot++) {
            table.setEntry(slot, entryOfDead);
        }
        while (!tryAdd(table, tables)) {
            Thread.onSpinWait();
        }
    }

    private boolean tryAdd(BlockTable table, BlockTable[] before) {
        BlockTable[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = table;
        int[] ring = new int[after.length * table.capacity()];
        synchronized (this) {
            if (tables.length != before.length) {
                return false;
            }
            int length = free.length;
            for (int i = 0; i < freeCount; i++) {
                int place = oldest + i;
                ring[i] = free[place >= length ? place - length : place];
            }
            oldest = 0;
            free = ring;
            tables = after;
            return true;
        }
    }

    /** Stops calls at the dead entry, and gives the slot back. */
    public void giveBack(int slot) {
        BlockTable table = table(slot);
        table.setEntry(slot % table.capacity(), table.entry(dead));
        giveBackAsIs(slot);
    }

    /** Gives the slot back. Its target answers calls until the slot is taken and led again. */
    public void giveBackAsIs(int slot) {
        synchronized (this) {
            int place = oldest + freeCount;
            free[place >= free.length ? place - free.length : place] = slot;
            freeCount++;
            givenBack++;
        }
    }

    private BlockTable table(int slot) {
        BlockTable[] all = tables;
        return all[slot / all[0].capacity()];
    }

    /** The function pointer of a slot. */
    public long address(int slot) {
        BlockTable table = table(slot);
        return table.address(slot % table.capacity());
    }

    /**
     * Leads calls to a native function, with one more argument. The slot's call record stays
     * mapped, so calls in progress never read freed memory.
     */
    public void leadByRecord(int slot, long function, long argument, long stackSize) {
        BlockTable table = table(slot);
        int place = slot % table.capacity();
        table.setRecord(place, function, argument, stackSize);
        lead(slot, table.entry(entry), table.record(place));
    }

    /**
     * Leads calls to an entry, with a word for the scratch register.
     *
     * @param name the entry's name in the assembly
     */
    public void leadToEntry(int slot, String name, long argument) {
        lead(slot, table(slot).entry(name), argument);
    }

    /** Leads calls straight to native code, with a word for the scratch register. */
    public void lead(int slot, long target, long argument) {
        BlockTable table = table(slot);
        table.setArgument(slot % table.capacity(), argument);
        table.setEntry(slot % table.capacity(), target);
        Barrier.beforeHandingOut();
    }
}
