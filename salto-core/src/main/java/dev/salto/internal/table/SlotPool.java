// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The slots for one purpose: one signature's closures, native bindings of one shape, or raw trampolines. It grows by whole tables and keeps them.
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
    private final int entry;
    private final int dead;
    private final long target;
    private final long stackSize;

    /** The tables that have free slots. The first one is used until it is full. */
    private final Deque<Table> available = new ArrayDeque<>();

    private SlotPool(TextImage image, String entry, long target, long stackSize) {
        this.image = image;
        this.entry = image.index().entry(entry);
        this.dead = image.index().entry("dead");
        this.target = target;
        this.stackSize = stackSize;
    }

    /**
     * A pool of slots that lead to one gate with their id as the hidden argument, without tables as yet.
     *
     * @param place where the hidden argument goes
     * @param gate the gate's address
     */
    public static SlotPool ofGate(TextImage image, TrailingArgument place, long gate) {
        return new SlotPool(image, place.entry("append_"), gate, place.stackSize());
    }

    /**
     * A pool of slots that each have a call of their own, whose address is their argument, without tables as yet.
     *
     * @param place where the appended argument goes
     */
    public static SlotPool ofCalls(TextImage image, TrailingArgument place) {
        return new SlotPool(image, place.entry("bind_"), 0, 0);
    }

    /** A pool of slots that each lead straight to a target of their own, without tables as yet. */
    public static SlotPool ofTargets(TextImage image) {
        return new SlotPool(image, "dead", 0, 0);
    }

    /**
     * Takes a slot for an object, and leads calls to the gate.
     *
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    public int bind(Object object) {
        int id = take();
        rebind(id, object);
        activate(id);
        return id;
    }

    /**
     * Takes a slot for an object, and leads calls to the gate, until an arena is closed.
     *
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system refuses the memory for one more table
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(Object object, Arena arena) {
        int id = bind(object);
        try {
            return MemorySegment.ofAddress(address(id)).reinterpret(arena, _ -> giveBack(id));
        } catch (RuntimeException | Error e) {
            giveBack(id);
            throw e;
        }
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
        Table table = Tables.add(image);
        table.setCall(target, stackSize);
        available.addFirst(table);
        return table;
    }

    /** The function pointer of a slot. */
    public long address(int id) {
        return Tables.table(id).trampoline(Tables.slot(id));
    }

    /** Binds a slot to another object; calls that are under way may still see what it was bound to before. */
    public void rebind(int id, Object object) {
        Tables.setTargetRelease(id, object);
    }

    /** Leads calls to the gate. All that was done to the slot before happens before a call that comes through. */
    public void activate(int id) {
        Table table = Tables.table(id);
        table.setEntryRelease(Tables.slot(id), table.entry(entry));
    }

    /** Leads calls to the entry, with an argument other than the slot's id. */
    public void activate(int id, long argument) {
        activate(id, Tables.table(id).entry(entry), argument);
    }

    /** Leads calls straight to native code, with a word for the scratch register. */
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
        deactivate(id);
        Tables.setTargetRelease(id, null);
        Table table = Tables.table(id);
        synchronized (available) {
            boolean wasFull = table.isFull();
            table.giveBack(Tables.slot(id));
            if (wasFull) {
                available.addLast(table);
            }
        }
    }
}
