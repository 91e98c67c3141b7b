// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

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
    final int[] free = new int[Batch.SIZE];

    int freeCount;

    /** What was closed, in that order. */
    Batch closed = new Batch();

    /** How many slots were bound here, and how many closed, in all. */
    long boundInAll;

    long closedInAll;

    final ClassNames.Recent recent;

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

    Magazine(long owner, boolean isLent, ClassNames.Recent recent) {
        this.owner = owner;
        this.isLent = isLent;
        this.recent = recent;
    }
}
