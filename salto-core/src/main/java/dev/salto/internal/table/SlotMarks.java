// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/**
 * The marks of a table's slots, which few of them have: seals and labels. A table has this object
 * when its first slot has one of them.
 */
final class SlotMarks {
    private static final long[] NO_SEALS = {};
    private static final @Nullable String[] NO_LABELS = {};

    /** A bit for each slot that is sealed. */
    private final long[] seals;

    /** Of open closures. */
    private final @Nullable String[] labels;

    /** Of the closures that were closed last. */
    private final @Nullable String[] labelsOfClosed;

    private SlotMarks(long[] seals, @Nullable String[] labels, @Nullable String[] labelsOfClosed) {
        this.seals = seals;
        this.labels = labels;
        this.labelsOfClosed = labelsOfClosed;
    }

    /** The marks of a table with seals, beside what it had before. */
    static SlotMarks withSeals(@Nullable SlotMarks before, long[] seals) {
        return before == null
                ? new SlotMarks(seals, NO_LABELS, NO_LABELS)
                : new SlotMarks(seals, before.labels, before.labelsOfClosed);
    }

    /** The marks of a table with room for labels, beside what it had before. */
    static SlotMarks withLabels(@Nullable SlotMarks before, int capacity) {
        return before != null && before.labels.length > 0
                ? before
                : new SlotMarks(before == null ? NO_SEALS : before.seals, new @Nullable String[capacity],
                        new @Nullable String[capacity]);
    }

    boolean hasSeals() {
        return seals.length > 0;
    }

    long[] seals() {
        return seals.clone();
    }

    boolean isSealed(int slot) {
        return hasSeals() && (seals[slot / Long.SIZE] >>> slot & 1) != 0;
    }

    void setLabel(int slot, String label) {
        labels[slot] = label;
    }

    /** The label of a slot's closure, open or closed last; null if it has or had none. */
    @Nullable
    String label(int slot, boolean isOpen) {
        @Nullable
        String[] own = isOpen ? labels : labelsOfClosed;
        return own.length == 0 ? null : own[slot];
    }

    /** Keeps the label of a closure that is closed apart, so that the slot's next one has none. */
    void noteClosed(int slot) {
        if (labels.length > 0) {
            labelsOfClosed[slot] = labels[slot];
            labels[slot] = null;
        }
    }
}
