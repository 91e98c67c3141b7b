// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one signature's closures: each leads to the Java object that it is bound to.
 *
 * <p>All methods may be called from any thread; each holds the lock of this object while it changes slots, so that whoever holds it sees
 * none change. Those that take an id expect one that was handed out here and that was not given back since.
 */
public abstract class ClosureSlots {
    /** Weak, because whoever is told may be what keeps the user's classes alive; a user of these slots keeps it reachable. */
    private @Nullable WeakReference<Occupancy> occupancy;

    /** Both are counted for whoever is told. */
    private int used;

    private long taken;

    /** Whether the code of these slots is that of static trampolines, and not made at run time by the JDK. */
    public abstract boolean areStatic();

    /**
     * Takes a slot for an object.
     *
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory that it takes; the message holds its reason
     */
    public abstract int bind(Object object);

    /** The function pointer of a slot. */
    public abstract long address(int id);

    /** Stops calls and gives the slot back. */
    public final synchronized void giveBack(int id) {
        giveBackLocked(id);
    }

    /** The same, for a thread that has the lock: taking it once more would cost as much as all the rest. */
    public abstract void giveBackLocked(int id);

    /**
     * Makes the slots that were ever handed out unchangeable for good.
     *
     * @throws IllegalStateException if the system refuses
     */
    public abstract void seal();

    /** Binds a slot to another object; calls that are under way may still see what it was bound to before. */
    public void rebind(int id, Object object) {
        Tables.setTargetRelease(id, object);
    }

    /** Says who is told when slots are used; nobody if it is null. All slots are free. */
    public final synchronized void setOccupancy(@Nullable Occupancy occupancy) {
        this.occupancy = occupancy == null ? null : new WeakReference<>(occupancy);
    }

    /** How many slots were taken since it was said who is told. */
    public final synchronized long taken() {
        return taken;
    }

    /** Whether no slot is taken; known if somebody is told. */
    public final synchronized boolean isUnused() {
        return used == 0;
    }

    /** Has to be called when a slot is taken, by the thread that has the lock. */
    protected final void countTaken() {
        if (occupancy != null) {
            taken++;
            if (used++ == 0) {
                Objects.requireNonNull(occupancy.get()).begin();
            }
        }
    }

    /** Has to be called when a slot is given back, by the thread that has the lock. */
    protected final void countGivenBack() {
        if (occupancy != null && --used == 0) {
            Objects.requireNonNull(occupancy.get()).end();
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
        int id = bind(object);
        try {
            return MemorySegment.ofAddress(address(id)).reinterpret(arena, _ -> giveBack(id));
        } catch (RuntimeException | Error e) {
            giveBack(id);
            throw e;
        }
    }
}
