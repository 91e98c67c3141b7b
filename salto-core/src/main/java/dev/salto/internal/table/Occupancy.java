// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Is told when slots of a pool begin to be used, and when none is any more. Called by the thread that has the pool's lock. */
public interface Occupancy {
    /** The first slot is taken, and not handed out as yet. */
    void begin();

    /** The last slot was given back. */
    void end();
}
