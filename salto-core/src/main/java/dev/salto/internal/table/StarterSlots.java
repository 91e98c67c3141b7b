// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one data-driven function. A program may have thousands of such functions with one closure each, so the first {@value SharedTables#ROW} come from a table that many functions
 * share; each of them belongs to its function for good, and is used once. Whoever wants more gets a pool with tables of its own.
 *
 * <p>The trampoline of such a slot leads to the universal gate also when its closure is closed: nothing is written then, unless the function has got a gate of its own.
 */
public final class StarterSlots extends ClosureSlots {
    private static final LongAdder TAKEN = new LongAdder();
    private static final LongAdder GIVEN_BACK = new LongAdder();

    private final TextImage image;
    private final String entry;
    private final long universalGate;
    private final ClosureKind kind;

    /** The first slot of this function in a shared table; {@link Tables#NONE} before there is one. */
    private int first = Tables.NONE;

    /** How many of them were taken so far. */
    private int taken;

    private long givenBack;

    /** Whether the function has a gate of its own. If so, no more slots are taken here: in a pool of the function's own they need no table just to lead there. */
    private boolean hasGate;

    /** The entry that leads those slots to the gate that were open when it was made; 0 if there were none. */
    private long gateEntry;

    private @Nullable SlotPool others;

    /**
     * No slots as yet.
     *
     * @param entry the name of the entry that stores what functions are called with, by their calling convention
     * @param universalGate the universal gate's address
     * @param kind what the closures are
     */
    public StarterSlots(TextImage image, String entry, long universalGate, ClosureKind kind) {
        this.image = image;
        this.entry = entry;
        this.universalGate = universalGate;
        this.kind = kind;
    }

    /** How many slots were taken so far from shared tables, and how many given back, of all functions. */
    static Turnover turnoverOfAll() {
        // What was given back is looked at first, because that was taken before.
        long back = GIVEN_BACK.sum();
        return new Turnover(TAKEN.sum(), back);
    }

    @Override
    public boolean areStatic() {
        return true;
    }

    @Override
    public int bind(Object object, boolean isByAddress) {
        synchronized (this) {
            int id = takeFromRow();
            if (id != Tables.NONE) {
                // Nobody has the function pointer as yet.
                Tables.bind(id, object, isByAddress);
                return id;
            }
        }
        return others().bind(object, isByAddress);
    }

    /** The id of a slot in the shared table, whose trampoline leads to the universal gate; {@link Tables#NONE} if there are no more. Under the lock. */
    private int takeFromRow() {
        if (hasGate || taken == SharedTables.ROW) {
            return Tables.NONE;
        }
        if (first == Tables.NONE) {
            first = SharedTables.takeRow(image, entry, universalGate, kind);
        }
        TAKEN.increment();
        return first + taken++;
    }

    /** The pool for those that find no place in the shared table. */
    private synchronized SlotPool others() {
        SlotPool pool = others;
        if (pool == null) {
            pool = SlotPool.ofData(image, entry, universalGate, kind);
            others = pool;
        }
        return pool;
    }

    private boolean isShared(int id) {
        return first != Tables.NONE && id >= first && id < first + SharedTables.ROW;
    }

    @Override
    public long address(int id) {
        return Tables.trampoline(id);
    }

    @Override
    protected int find(long address) {
        int id = Tables.find(address);
        synchronized (this) {
            if (isShared(id) || others == null) {
                return isShared(id) && id < first + taken ? id : Tables.NONE;
            }
        }
        return others().find(address);
    }

    @Override
    public void giveBack(int id) {
        synchronized (this) {
            if (isShared(id)) {
                givenBack++;
                GIVEN_BACK.increment();
                if (gateEntry != 0) {
                    boolean _ = SharedTables.lead(id, ownEntry());
                }
                Tables.unbind(id);
                return;
            }
        }
        others().giveBack(id);
    }

    /** The entry that leads to the universal gate, in the shared table. */
    private long ownEntry() {
        return Tables.table(first).entry(image.index().entry(entry));
    }

    /**
     * Leads the calls of all closures to a gate of their own.
     *
     * @param place where the hidden argument goes
     * @param address the gate's address
     */
    public void leadThroughGate(TrailingArgument place, long address) {
        SlotPool pool = others();
        pool.leadThroughGate(place, address);
        synchronized (this) {
            hasGate = true;
            for (int id = first; id < first + taken; id++) {
                if (Tables.target(id) != null) {
                    gateEntry = gateEntry == 0 ? pool.entryOf(address) : gateEntry;
                    boolean _ = SharedTables.lead(id, gateEntry);
                }
            }
        }
    }

    /** Seals the shared table, too: what other functions have in it does not have to be written any more, unless they get a gate. */
    @Override
    public void seal() {
        synchronized (this) {
            if (first != Tables.NONE) {
                SharedTables.seal(Tables.table(first));
            }
        }
        others().seal();
    }

    @Override
    public void exclusively(Runnable action) {
        synchronized (this) {
            others().exclusively(action);
        }
    }

    @Override
    public synchronized Turnover turnover() {
        Turnover own = new Turnover(taken, givenBack);
        return others == null ? own : own.plus(others.turnover());
    }
}
