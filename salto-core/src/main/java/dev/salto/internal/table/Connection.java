// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;

/**
 * Keeps a kind's rules, and the classes behind them, while closures are open, and not longer.
 * Tables live as long as the process; so they reach the rules only from the first closure on, until
 * a garbage collection has passed without any.
 *
 * <p>A thread that binds writes the object into the slot, executes a full fence, and then looks
 * whether the kind is still connected. The thread that disconnects says so, executes a full fence,
 * and then looks whether any slot is bound. So one of them sees what the other has written.
 */
final class Connection implements Upkeep.Task {
    private final Kind kind;
    private final Object rules;
    private final GateUse gate;
    private final SlotStore store;

    private volatile boolean isConnected;
    private long boundBefore;

    Connection(Kind kind, Object rules, GateUse gate, SlotStore store) {
        this.kind = kind;
        this.rules = rules;
        this.gate = gate;
        this.store = store;
    }

    /** Asked after a slot was written, and before it counts as bound. */
    boolean isStillConnected() {
        VarHandle.fullFence();
        return isConnected;
    }

    /** Has to be called before a slot is written. */
    void connect() {
        if (!isConnected) {
            connectNow();
        }
    }

    private synchronized void connectNow() {
        if (!isConnected) {
            Upkeep.add(this);
            kind.setRules(rules);
            gate.connect();
            isConnected = true;
        }
    }

    /** Disconnects the kind if none of its slots was bound since the last collection. */
    @Override
    public synchronized boolean run() {
        if (!isConnected) {
            return false;
        }
        if (isInUseAgain()) {
            return true;
        }
        isConnected = false;
        VarHandle.fullFence();
        if (store.isAnyBound()) {
            isConnected = true;
            return true;
        }
        gate.disconnect();
        kind.setRules(null);
        return false;
    }

    /**
     * Whether the gate would be needed again soon: changing what is behind a stub throws compiled
     * code away.
     */
    private boolean isInUseAgain() {
        if (gate.equals(GateUse.FOR_GOOD)) {
            return false;
        }
        long before = boundBefore;
        boundBefore = store.turnover().taken();
        return boundBefore != before;
    }
}
