// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * Counts of this process so far, from {@link Salto#statistics}. Only the counting has a cost.
 *
 * <p>Immutable. Salto implements it. Later versions may add methods.
 */
public interface Statistics {
    /**
     * The number of slots that were taken by closures, native bindings and raw trampolines. A
     * {@link TrampolineTable}, and closures that are upcall stubs, do not count.
     */
    long bound();

    /** The number of these slots that were given back. */
    long closed();

    /**
     * The number of mapped tables, without those whose closures are all closed and that wait for
     * reuse.
     */
    long tables();

    /**
     * The number of gates: upcall stubs that the closures of a signature share. A type with objects
     * of many classes has up to three.
     */
    long gates();

    /** The number of calls of closed closures. */
    long usesAfterFree();

    /** The number of exceptions that left a callback. */
    long exceptions();

    /**
     * The number of open closures that are upcall stubs of the JDK, which the fallback must allow.
     */
    long stubs();
}
