// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * A gate that keeps classes loaded while it is connected. Kinds that share it connect it
 * independently of each other.
 */
public interface GateUse {
    /** A gate that stays as it is. */
    GateUse FOR_GOOD = new GateUse() {
        @Override
        public void connect() {}

        @Override
        public void disconnect() {}
    };

    /** Puts the dispatcher behind the gate, if no other kind has. */
    void connect();

    /** Releases the dispatcher, if no other kind needs it. */
    void disconnect();
}
