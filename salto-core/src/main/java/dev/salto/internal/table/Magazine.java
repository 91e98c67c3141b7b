// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The slots that one thread has at hand in one kind: those that it binds next, and those that it
 * has closed. Only its owner uses it, so nobody waits for it. A slot that was bound here may be
 * closed in another magazine.
 *
 * <p>A platform thread keeps its magazine until it ends. Other threads borrow one for a single
 * operation. An operation takes effect by plain stores, and no call follows them. If it fails
 * before that, it has changed nothing.
 */
final class Magazine {
    /** No thread. */
    static final long NOBODY = 0;

    /** The owner's number, which is never used twice. */
    volatile long owner;

    /** Whether it is borrowed for one operation. */
    final boolean isLent;

    /** The last thread that took it for good; null for a lent one. Written after {@link #owner}. */
    volatile @Nullable Owner lastOwner;

    /** The free slots. The last one is bound next. */
    int[] free = new int[Batch.SIZE];

    int freeCount;

    /** The closed slots, in the order of closing. */
    Batch closed = new Batch();

    /** The number of slots that it was given in all. */
    long givenInAll;

    /**
     * The number of slots that were closed before those in {@link #closed}, sealed ones included.
     */
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

        /** Whether it is the thread of this number, and has ended. */
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

    /** Whether the last object had the same class. */
    boolean isOfLastClass(Object object) {
        return classes.isLast(object.getClass());
    }

    /** Makes an object's class the last one. */
    void setLastClass(Object object) {
        classes.setLast(object.getClass());
    }

    /** Makes no class the last one. */
    void forgetLastClass() {
        classes.forgetLast();
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
     * @param claims whether to close it only if it is bound
     * @return whether it did
     */
    boolean close(Table table, int id, boolean claims) {
        makeRoomForClosing();
        Batch batch = closed;
        int slot = Tables.slot(id);
        @Nullable
        Object[] targets = Tables.targets(id);
        Traces.note(id);
        boolean isSealed = table.noteClosed(slot);
        int count = batch.count;
        batch.ids[count] = id;
        // The upkeep thread reads the batch up to its count.
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

    /** Makes sure that the owner can close a slot even without free memory. */
    void makeRoomForClosing() {
        if (closed.count == Batch.SIZE) {
            depot.takeClosed(this);
        }
    }
}
