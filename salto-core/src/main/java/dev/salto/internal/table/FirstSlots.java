// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first slots of one kind, in tables that kinds share. Each is used once, so a stale function
 * pointer reaches no other closure. After the type is collected, {@link RecycledSlots} gives its
 * rows to another kind.
 */
final class FirstSlots {
    /** The number of first slots of a kind. With more closures it gets tables of its own. */
    static final int COUNT = 64;

    /** The slot is not bound, because the kind is not connected any more. */
    static final int DISCONNECTED = -2;

    /**
     * The ids of the first slots of the rows. There are more places, because two threads may add
     * rows at the same time.
     */
    private final int[] rows = new int[2 * COUNT / Table.ROW];

    private int rowCount;
    private int bound;

    /** The ids of slots in other rows, whose function pointers were there before the kind. */
    private int[] adopted = {};
    private int closed;

    /** Whether the kind now takes slots from its depot. */
    private volatile boolean isSpent;

    boolean isSpent() {
        return isSpent;
    }

    void setSpent() {
        isSpent = true;
    }

    /** The ids of the first slots of the rows so far. */
    synchronized int[] rows() {
        int[] all = Arrays.copyOf(rows, rowCount + adopted.length);
        System.arraycopy(adopted, 0, all, rowCount, adopted.length);
        return all;
    }

    /** How many more rows would be of use: one at first, and then all others at once. */
    synchronized int wantedRows() {
        return rowCount == 0 ? 1 : Math.max(COUNT / Table.ROW - rowCount, 0);
    }

    synchronized void addRow(int firstId) {
        if (rowCount < rows.length) {
            rows[rowCount] = firstId;
            rowCount++;
        }
    }

    /**
     * Binds the next slot. After the first change, no method is called under the monitor.
     *
     * @return its id; {@link Tables#NONE} if there is none; {@link #DISCONNECTED}
     */
    synchronized int bind(Object target, int classNumber, boolean isByAddress,
            @Nullable Connection connection) {
        int next = bound;
        if (next >= rowCount * Table.ROW) {
            return Tables.NONE;
        }
        int id = rows[next / Table.ROW] + next % Table.ROW;
        int slot = Tables.slot(id);
        @Nullable
        Object[] targets = Tables.targets(id);
        Tables.setClass(id, classNumber, isByAddress);
        VarHandle.releaseFence();
        targets[slot] = target;
        if (connection != null && !connection.isStillConnected()) {
            targets[slot] = null;
            return DISCONNECTED;
        }
        bound = next + 1;
        return id;
    }

    /**
     * Binds the first slot of a row that belonged to no kind, as {@link #bind}.
     *
     * @param row the slot's id
     * @return {@code row}, or {@link #DISCONNECTED}
     */
    synchronized int adopt(int row, Object target, int classNumber, @Nullable Connection connection) {
        int[] before = adopted;
        int[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = row;
        int slot = Tables.slot(row);
        @Nullable
        Object[] targets = Tables.targets(row);
        Tables.setClass(row, classNumber, false);
        Tables.replace(row, target);
        if (connection != null && !connection.isStillConnected()) {
            targets[slot] = null;
            return DISCONNECTED;
        }
        adopted = after;
        return row;
    }

    /** Closes a slot, if it is bound or {@code claims} is false; returns whether it did. */
    synchronized boolean close(int id, boolean claims) {
        @Nullable
        Object[] targets = Tables.targets(id);
        int slot = Tables.slot(id);
        if (claims && targets[slot] == null) {
            return false;
        }
        Traces.note(id);
        boolean _ = Tables.table(id).noteClosed(slot);
        targets[slot] = null;
        closed++;
        return true;
    }

    /** Whether a slot of these is, or was, bound. */
    synchronized boolean isHandedOut(int id) {
        for (int i = 0; i < rowCount; i++) {
            int place = id - rows[i];
            if (place >= 0 && place < Table.ROW) {
                return i * Table.ROW + place < bound;
            }
        }
        return false;
    }

    synchronized Turnover turnover() {
        return new Turnover(bound + adopted.length, closed);
    }
}
