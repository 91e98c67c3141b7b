// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The slots that one thread has at hand in one kind: those that it binds next, and those that it
 * has closed. Only its owner touches it, so nobody waits for it. Slots belong to no magazine: one
 * that was bound here may be closed elsewhere.
 *
 * <p>A platform thread keeps its magazine until it ends. All others borrow one for a single
 * operation. The owner takes effect by plain stores that no call follows: an operation that fails
 * before them has changed nothing.
 */
final class Magazine {
    /** No thread. */
    static final long NOBODY = 0;

    /** The owner's number, which is never used twice. */
    volatile long owner;

    /** Whether it is borrowed, and so goes back at the end of the operation. */
    final boolean isLent;

    /**
     * The last owner that took it for good; null for one that is lent. Written after {@link
     * #owner}.
     */
    volatile @Nullable Owner lastOwner;

    /** What is bound next is the last one. */
    int[] free = new int[Batch.SIZE];

    int freeCount;

    /** What was closed, in that order. */
    Batch closed = new Batch();

    /** How many slots it was given in all. */
    long givenInAll;

    /** How many slots were closed before those in {@link #closed}, and how many that are sealed. */
    long closedBefore;

    private final Depot depot;
    private final RecentClasses classes;

    /** A thread, which may have ended. */
    static final class Owner extends WeakReference<Thread> {
        private final long id;

        Owner(Thread thread) {
            super(thread);
            this.id = thread.threadId();
        }

        /** Whether it is a certain thread, which has ended. */
        boolean isEnded(long thread) {
            Thread own = get();
            return id == thread && (own == null || !own.isAlive());
        }
    }

    Magazine(long owner, boolean isLent, Depot depot) {
        this.owner = owner;
        this.isLent = isLent;
        this.depot = depot;
        this.classes = new RecentClasses(depot.classes());
    }

    /** Whether the object before was one of the same class. */
    boolean isOfLastClass(Object object) {
        return classes.isLast(object.getClass());
    }

    /** Makes an object's class the last one. */
    void setLastClass(Object object) {
        classes.setLast(object.getClass());
    }

    /**
     * Binds an object of the last class to a slot.
     *
     * @param connection null for a kind whose rules are kept for good
     * @return the slot's id
     */
    int bind(Object target, boolean isByAddress, @Nullable Connection connection) {
        if (freeCount == 0) {
            depot.fill(this);
        }
        int left = freeCount - 1;
        int id = free[left];
        Tables.setClass(id, classes.numberOfLast(), isByAddress);
        if (connection != null) {
            bindConnected(connection, id, target);
        } else {
            Tables.replace(id, target);
        }
        freeCount = left;
        return id;
    }

    private static void bindConnected(Connection connection, int id, Object target) {
        @Nullable
        Object[] targets = Tables.targets(id);
        int slot = Tables.slot(id);
        try {
            do {
                connection.connect();
                Tables.replace(id, target);
            } while (!connection.isStillConnected());
        } catch (RuntimeException | Error e) {
            targets[slot] = null;
            throw e;
        }
    }

    /**
     * Closes a slot of a table that kinds do not share.
     *
     * @param claims whether it is only to be closed if it is bound
     * @return whether it did
     */
    boolean close(Table table, int id, boolean claims) {
        makeRoomForClosing();
        Batch batch = closed;
        int slot = Tables.slot(id);
        boolean isSealed = table.isSealed(slot);
        @Nullable
        Object[] targets = Tables.targets(id);
        Traces.note(id);
        int count = batch.count;
        batch.ids[count] = id;
        // The upkeep thread may read the batch up to its count.
        VarHandle.releaseFence();
        if (claims && !Tables.claim(id)) {
            return false;
        }
        targets[slot] = null;
        if (isSealed) {
            closedBefore++;
        } else {
            batch.count = count + 1;
        }
        return true;
    }

    /** Sees to it that the owner can close a slot although there is no memory left. */
    void makeRoomForClosing() {
        if (closed.count == Batch.SIZE) {
            depot.takeClosed(this);
        }
    }
}
