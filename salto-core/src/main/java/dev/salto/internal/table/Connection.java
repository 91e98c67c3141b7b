// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.VarHandle;

/**
 * Keeps a kind's rules, and the classes behind them, only while closures are open. Tables live as
 * long as the process. So they hold the rules from the first closure until a garbage collection
 * finds no bound slot.
 *
 * <p>A thread that binds writes the object into the slot, executes a full fence, and then checks
 * that the kind is still connected. The thread that disconnects clears the connection, executes a
 * full fence, and then checks that no slot is bound. So one of them sees the other's write.
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

    /** The thread that binds asks after it wrote the slot, and before the slot counts as bound. */
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
     * Whether the gate is needed again soon. A new dispatcher behind a stub discards compiled
     * code.
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
