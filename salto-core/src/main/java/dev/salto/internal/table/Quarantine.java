// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/**
 * The slots of one kind that were closed last. They are not bound again yet, so that Salto notices
 * calls of closed closures for a while.
 *
 * <p>It belongs to a depot, whose monitor guards it.
 */
final class Quarantine {
    /** The number of slots beyond the quarantine's size that stay here for empty magazines. */
    private static final int MORE = 64 * Batch.SIZE;

    private final int size = QuarantineSetting.size();

    /** Batches from the oldest to the youngest. */
    private @Nullable Batch oldest;

    private @Nullable Batch youngest;
    private int count;
    private @Nullable Batch spare;

    /** The number of slots that were closed so far. */
    private long closed;

    /** The number of closes before a slot is bound again. */
    int size() {
        return size;
    }

    long closed() {
        return closed;
    }

    /**
     * Takes the closed slots of a magazine, so that it has room again. After the first change, no
     * method is called.
     *
     * @param made a batch for the magazine, if the last attempt found none
     * @return false if there is no batch for the magazine
     */
    boolean add(Magazine magazine, @Nullable Batch made) {
        Batch replacement = made;
        if (replacement == null) {
            replacement = spare;
            if (replacement == null) {
                return false;
            }
            spare = replacement.next;
            replacement.next = null;
        }
        Batch full = magazine.closed;
        magazine.closed = replacement;
        magazine.closedBefore += full.count;
        closed += full.count;
        count += full.count;
        if (youngest == null) {
            oldest = full;
        } else {
            youngest.next = full;
        }
        youngest = full;
        return true;
    }

    /**
     * Gives a magazine without slots the oldest batch, if its slots have been here for long enough.
     *
     * @return whether it did
     */
    boolean give(Magazine magazine) {
        Batch first = due();
        if (first == null || first.hasGaps) {
            return false;
        }
        int[] ids = first.ids;
        int idCount = first.count;
        remove(first);
        // No call from here on.
        first.ids = magazine.free;
        magazine.free = ids;
        magazine.freeCount = idCount;
        magazine.givenInAll += idCount;
        return true;
    }

    /** The oldest batch, if its slots have been here for long enough. */
    @Nullable
    Batch due() {
        Batch first = oldest;
        return first != null && count - first.count >= size ? first : null;
    }

    /** The oldest batch, if it is due and either useless for magazines or one of very many. */
    @Nullable
    Batch excess() {
        Batch first = due();
        return first != null && (first.hasGaps || count - first.count >= size + MORE) ? first : null;
    }

    /** Forgets the oldest batch. */
    void remove(Batch first) {
        count -= first.count;
        Batch next = first.next;
        first.count = 0;
        first.hasGaps = false;
        first.next = spare;
        spare = first;
        oldest = next;
        youngest = next == null ? null : youngest;
    }

    /** The oldest batch; the others follow it. */
    @Nullable
    Batch first() {
        return oldest;
    }

    /** Forgets all slots. */
    void clear() {
        oldest = null;
        youngest = null;
        count = 0;
    }
}
