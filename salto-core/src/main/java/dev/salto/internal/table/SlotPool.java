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
    private final long entry;
    private final long dead;
    private final long target;

    /** The tables that have free slots. The first one is used until it is full. */
    private final Deque<Table> available = new ArrayDeque<>();

    /**
     * A pool without tables.
     *
     * @param entry the name of the entry that a slot in use leads to
     * @param target what the entry goes on to, the same for all slots; zero if each slot has its own
     */
    public SlotPool(TextImage image, String entry, long target) {
        this.image = image;
        this.entry = image.entry(entry);
        this.dead = image.entry("dead");
        this.target = target;
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
                table.setTarget(slot, target);
                table.setArgument(slot, id);
            }
            return id;
        }
    }

    private Table grow() {
        try {
            Table table = Tables.add(image);
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

    /** Gives a slot a target and an argument of its own. */
    public void set(int id, long ownTarget, long argument) {
        Table table = Tables.table(id);
        table.setTarget(Tables.slot(id), ownTarget);
        table.setArgument(Tables.slot(id), argument);
    }

    /** Lets calls through. All that was done to the slot before happens before a call that comes through. */
    public void activate(int id) {
        Tables.table(id).setEntryRelease(Tables.slot(id), entry);
    }

    /** Stops calls at the dead entry. */
    public void deactivate(int id) {
        Tables.table(id).setEntryRelease(Tables.slot(id), dead);
    }

    /** Stops calls and gives the slot back. */
    public void giveBack(int id) {
        Table table = Tables.table(id);
        int slot = Tables.slot(id);
        table.setEntryRelease(slot, dead);
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
