// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Is told when slots of a pool are used. */
public interface Occupancy {
    /** A slot is about to be taken, by a thread that {@link ClosureSlots#exclusively} keeps out. */
    void beforeBinding();

    /** A slot was given back. */
    void afterGivingBack();
}
