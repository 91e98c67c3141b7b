// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one signature's closures: each leads to the Java object that it is bound to.
 *
 * <p>All methods may be called from any thread. Those that take an id expect one that was handed out here and that was not given back since: it is up to the caller
 * that nobody else gives the same slot back.
 */
public abstract class ClosureSlots {
    /** Weak, because whoever is told may be what keeps the user's classes alive; a user of these slots keeps it reachable. */
    private @Nullable WeakReference<Occupancy> occupancy;

    /** Gives a slot back when its arena is closed. No lambda, because the class of that would be made for the first closure of a process that lives in an arena. */
    private record Closing(ClosureSlots slots, int id) implements Consumer<MemorySegment> {
        @Override
        public void accept(MemorySegment function) {
            slots.giveBack(id);
        }
    }

    /** Whether the code of these slots is that of static trampolines, and not made at run time by the JDK. */
    public abstract boolean areStatic();

    /**
     * Takes a slot for an object.
     *
     * @param isByAddress whether it is going to be given back by {@link #closeAddress}, and not otherwise
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory that it takes; the message holds its reason
     */
    public abstract int bind(Object object, boolean isByAddress);

    /** The function pointer of a slot. */
    public abstract long address(int id);

    /**
     * The slot of a function pointer.
     *
     * @return {@link Tables#NONE} if there is none of that address here
     */
    protected abstract int find(long address);

    /** Stops calls and gives the slot back. */
    public abstract void giveBack(int id);

    /**
     * Makes the slots that were ever handed out unchangeable for good.
     *
     * @throws IllegalStateException if the system refuses
     */
    public abstract void seal();

    /** Runs an action while no slot is taken or given back. */
    public abstract void exclusively(Runnable action);

    /** How often slots were used. Exact within {@link #exclusively}. */
    public abstract Turnover turnover();

    /** Binds a slot to another object; calls that are under way may still see what it was bound to before. */
    public void rebind(int id, Object object) {
        Tables.rebind(id, object);
    }

    /** Says who is told when slots are used; nobody if it is null. All slots are free. */
    public final void setOccupancy(@Nullable Occupancy occupancy) {
        this.occupancy = occupancy == null ? null : new WeakReference<>(occupancy);
    }

    /** Has to be called before a slot is taken, by a thread that {@link #exclusively} keeps out. */
    protected final void beforeBinding() {
        if (occupancy != null) {
            Objects.requireNonNull(occupancy.get()).beforeBinding();
        }
    }

    /** Has to be called after a slot was given back. */
    protected final void afterGivingBack() {
        if (occupancy != null) {
            Objects.requireNonNull(occupancy.get()).afterGivingBack();
        }
    }

    /**
     * Takes a slot for an object until an arena is closed.
     *
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system refuses the memory that the slot takes
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(Object object, Arena arena) {
        int id = bind(object, false);
        try {
            return MemorySegment.ofAddress(address(id)).reinterpret(arena, new Closing(this, id));
        } catch (RuntimeException | Error e) {
            giveBack(id);
            throw e;
        }
    }

    /**
     * Binds a function pointer to another object.
     *
     * @return false if it is free
     * @throws IllegalArgumentException if there is no function pointer of that address here, or it is not one that is closed by its address
     */
    public boolean rebindAddress(long address, Object object) {
        return Tables.replaceTarget(requireByAddress(address), object);
    }

    /**
     * Frees a function pointer.
     *
     * @return false if it was free before
     * @throws IllegalArgumentException if there is no function pointer of that address here, or it is not one that is closed by its address
     */
    public boolean closeAddress(long address) {
        int id = requireByAddress(address);
        // Whoever takes the object away is the one that frees the slot.
        if (!Tables.claim(id)) {
            return false;
        }
        giveBack(id);
        return true;
    }

    private int requireByAddress(long address) {
        int id = find(address);
        if (id == Tables.NONE) {
            throw new IllegalArgumentException(
                    "there is no function pointer of this type at 0x" + Long.toHexString(address));
        }
        if (!Tables.isByAddress(id) && Tables.target(id) != null) {
            throw new IllegalArgumentException("the function pointer 0x" + Long.toHexString(address)
                    + " belongs to a Closure or an arena; use that");
        }
        return id;
    }
}
