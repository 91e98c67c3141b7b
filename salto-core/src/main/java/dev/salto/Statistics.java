// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * Counts of this process so far, from {@link Salto#statistics}. Only the counting has a cost.
 *
 * <p>Immutable. Salto implements it. Later versions may add methods.
 */
public interface Statistics {
    /**
     * {@return the number of slots that were taken by closures, native bindings and raw
     * trampolines} A {@link TrampolineTable}, and closures that are upcall stubs, do not count.
     */
    long bound();

    /** {@return the number of these slots that were given back} */
    long closed();

    /**
     * {@return the number of mapped tables, without those whose closures are all closed and that
     * wait for reuse}
     */
    long tables();

    /**
     * {@return the number of gates: upcall stubs that the closures of a signature share} A type
     * with objects of many classes has up to three.
     */
    long gates();

    /** {@return the number of calls of closed closures} */
    long usesAfterFree();

    /** {@return the number of exceptions that left a callback} */
    long exceptions();

    /**
     * {@return the number of open closures that are upcall stubs of the JDK, which the fallback
     * must allow}
     */
    long stubs();
}
