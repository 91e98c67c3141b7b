// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Makes function pointers without static trampolines. */
@FunctionalInterface
public interface StubMaker {
    /**
     * Makes the function pointer of a slot, which lives as long as the process, and returns its
     * address.
     */
    long make(int id);
}
