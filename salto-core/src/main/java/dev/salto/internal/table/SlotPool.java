// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.text.SystemCallException;
import dev.salto.internal.text.TextImage;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The slots for one purpose: one signature's closures, or raw trampolines. It grows by whole tables and keeps them.
 *
 * <p>A table never changes its pool, and in the pool of a signature every slot leads to the same gate. So a stale function pointer
 * whose slot was reused reaches another closure of the <em>same signature</em>: the wrong callback, but never a call with the wrong
 * arguments. It also means that nothing but the entry has to be written when a slot is reused.
 *
 * <p>All methods may be called from any thread. Those that take an id expect one that this pool handed out and that was not given
 * back since.
 */
public final class SlotPool {
    private final TextImage image;
    private final long target;
    private final int entry;
    private final int dead;

    /** The tables that have free slots. The first one is used until it is full. */
    private final Deque<Table> available = new ArrayDeque<>();

    /**
     * A pool of slots that lead to one gate, without tables as yet.
     *
     * @param entry the name of the entry that a slot in use leads to
     * @param gate what the entry goes on to
     */
    public SlotPool(TextImage image, String entry, long gate) {
        this.image = image;
        this.target = gate;
        this.entry = image.index().entry(entry);
        this.dead = image.index().entry("dead");
    }

    /** A pool of slots that each lead to a target of their own, without tables as yet. */
    public SlotPool(TextImage image) {
        this(image, "dead", 0);
    }

    /**
     * Takes a slot. Its trampoline is not to be called before {@link #activate} or {@link #deactivate}.
     *
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    public int take() {
        synchronized (available) {
            Table table = available.peekFirst();
            if (table == null) {
                table = grow();
            }
            boolean fresh = table.isNextFresh();
            int slot = table.take();
            if (table.isFull()) {
                available.removeFirst();
            }
            int id = Tables.id(table, slot);
            if (fresh) {
                table.setArgument(slot, id);
            }
            return id;
        }
    }

    private Table grow() {
        try {
            Table table = Tables.add(image);
            table.setTarget(target);
            available.addFirst(table);
            return table;
        } catch (SystemCallException e) {
            throw new IllegalStateException("there is no room for one more table of " + image.index().trampolineCount()
                    + " trampolines: " + e.getMessage() + "; each table takes two of the process's mappings, which"
                    + " vm.max_map_count limits. Those in use go on working", e);
        }
    }

    /** The function pointer of a slot. */
    public long address(int id) {
        return Tables.table(id).trampoline(Tables.slot(id));
    }

    /** Binds a slot to an object; calls that are under way may still see what it was bound to before. */
    public void bind(int id, @Nullable Object object) {
        Tables.setTargetRelease(id, object);
    }

    /** Leads calls to the gate. All that was done to the slot before happens before a call that comes through. */
    public void activate(int id) {
        Table table = Tables.table(id);
        table.setEntryRelease(Tables.slot(id), table.entry(entry));
    }

    /** Leads calls to native code, with a word for the scratch register. */
    public void activate(int id, long ownTarget, long argument) {
        Table table = Tables.table(id);
        table.setArgument(Tables.slot(id), argument);
        table.setEntryRelease(Tables.slot(id), ownTarget);
    }

    /** Stops calls at the dead entry. */
    public void deactivate(int id) {
        Table table = Tables.table(id);
        table.setEntryRelease(Tables.slot(id), table.entry(dead));
    }

    /** Stops calls and gives the slot back. */
    public void giveBack(int id) {
        Table table = Tables.table(id);
        int slot = Tables.slot(id);
        table.setEntryRelease(slot, table.entry(dead));
        Tables.setTargetRelease(id, null);
        synchronized (available) {
            boolean wasFull = table.isFull();
            table.giveBack(slot);
            if (wasFull) {
                available.addLast(table);
            }
        }
    }
}
