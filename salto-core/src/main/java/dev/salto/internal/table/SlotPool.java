// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots for one purpose: one signature's closures, native bindings of one shape, or raw trampolines. It grows by whole tables and keeps them.
 *
 * <p>A table never changes its pool, and in the pool of a signature every slot leads to the same gate. So a stale function pointer
 * whose slot was reused reaches another closure of the <em>same signature</em>: the wrong callback, but never a call with the wrong
 * arguments. It also means that nothing but the entry has to be written when a slot is reused.
 */
public final class SlotPool extends ClosureSlots {
    private final TextImage image;
    private final int entry;

    /** Where a trampoline points whose slot was given back. */
    private final int dead;

    /** Where it points if its call can be noticed; {@link #dead} if there is nothing to notice. */
    private final int caught;

    private final long target;
    private final long stackSize;
    private final @Nullable ClosureKind kind;

    /** All tables that can change. */
    private final List<Table> tables = new ArrayList<>();

    /** Those of them that have free slots. The first one is used until it is full. */
    private final Deque<Table> available = new ArrayDeque<>();

    /** Of slots in tables that can change. */
    private Quarantine quarantine = new Quarantine();

    private SlotPool(TextImage image, String entry, String dead, String caught, long target, long stackSize,
            @Nullable ClosureKind kind) {
        this.image = image;
        this.entry = image.index().entry(entry);
        this.dead = image.index().entry(dead);
        this.caught = image.index().entry(caught);
        this.target = target;
        this.stackSize = stackSize;
        this.kind = kind;
    }

    /**
     * A pool of slots that lead to one gate with their id as the hidden argument, without tables as yet.
     *
     * @param place where the hidden argument goes
     * @param gate the gate's address
     * @param kind what the closures are
     */
    public static SlotPool ofGate(TextImage image, TrailingArgument place, long gate, ClosureKind kind) {
        return new SlotPool(image, place.entry("append_"), place.dead(), place.caught(), gate, place.stackSize(), kind);
    }

    /**
     * A pool of slots that each have a call of their own, whose address is their argument, without tables as yet.
     *
     * @param place where the appended argument goes
     */
    public static SlotPool ofCalls(TextImage image, TrailingArgument place) {
        return new SlotPool(image, place.entry("bind_"), place.dead(), place.dead(), 0, 0, null);
    }

    /** A pool of slots that each lead straight to a target of their own, without tables as yet. */
    public static SlotPool ofTargets(TextImage image) {
        return new SlotPool(image, TrailingArgument.DEAD, TrailingArgument.DEAD, TrailingArgument.DEAD, 0, 0, null);
    }

    @Override
    public boolean areStatic() {
        return true;
    }

    @Override
    public synchronized int bind(Object object) {
        Table table = tableWithRoom();
        boolean fresh = table.isNextFresh();
        int slot = take(table);
        int id = Tables.id(table, slot);
        rebind(id, object);
        if (fresh) {
            table.set(slot, table.entry(entry), id);
        } else {
            table.setEntryRelease(slot, table.entry(entry));
        }
        return id;
    }

    /**
     * Takes a slot, in a pool of calls or targets. Its trampoline is not to be called before {@link #activate} or {@link #deactivate}.
     *
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    public synchronized int take() {
        Table table = tableWithRoom();
        return Tables.id(table, take(table));
    }

    private Table tableWithRoom() {
        Table table = available.peekFirst();
        return table != null ? table : grow();
    }

    private int take(Table table) {
        countTaken();
        int slot = table.take();
        if (!table.hasRoom()) {
            available.removeFirst();
        }
        return slot;
    }

    private Table grow() {
        Table table = Tables.add(image, kind);
        table.setCall(target, stackSize);
        tables.add(table);
        available.addFirst(table);
        return table;
    }

    @Override
    public long address(int id) {
        return Tables.table(id).trampoline(Tables.slot(id));
    }

    /** What a slot is bound to, or was before, if it is not one of a closure. */
    public @Nullable Object object(int id) {
        return Tables.target(id);
    }

    /** Leads calls to the entry, with an argument other than the slot's id. */
    public void activate(int id, long argument) {
        activate(id, Tables.table(id).entry(entry), argument);
    }

    /** Leads calls straight to native code, with a word for the scratch register. */
    public void activate(int id, long ownTarget, long argument) {
        Tables.table(id).set(Tables.slot(id), ownTarget, argument);
    }

    /** Stops calls at the dead entry. */
    public void deactivate(int id) {
        Table table = Tables.table(id);
        table.setEntryRelease(Tables.slot(id), table.entry(dead));
    }

    @Override
    public void giveBackLocked(int id) {
        Table table = Tables.table(id);
        table.release();
        if (!table.isSealed()) {
            table.setEntryRelease(Tables.slot(id),
                    table.entry(table.catchesCalls() ? caught : entryOfFirstClosed(table)));
            recycle(quarantine.add(id));
        }
        // The trampoline of a sealed table leads to the gate for good, which finds no object there.
        if (kind != null) {
            Tables.unbind(id);
        }
        countGivenBack();
    }

    /** The entry for closed closures of a table that has had none before: it may lack what that entry needs. */
    private int entryOfFirstClosed(Table table) {
        long catcher = kind == null ? 0 : Catcher.address();
        if (catcher == 0) {
            return dead;
        }
        table.setCatcher(catcher);
        return caught;
    }

    private void recycle(int id) {
        if (id == Quarantine.NONE) {
            return;
        }
        Table table = Tables.table(id);
        boolean hadRoom = table.hasRoom();
        table.recycle(Tables.slot(id));
        if (!hadRoom) {
            available.addLast(table);
        }
    }

    @Override
    public synchronized void seal() {
        available.clear();
        quarantine = new Quarantine();
        for (Table table : tables) {
            table.seal();
        }
        tables.clear();
    }
}
