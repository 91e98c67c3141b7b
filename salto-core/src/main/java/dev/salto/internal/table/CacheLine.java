// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * As much memory as a cache line, in front of the fields of a class whose objects different threads write to at the same time: no two of them share a line, wherever the garbage collector puts them. Such a class
 * is extended once more by one that has as much behind its fields.
 */
@SuppressWarnings("UnusedVariable")
abstract class CacheLine {
    /** Fills the gap behind an object's header, where the JVM would put a field of a subclass otherwise. */
    private int gap;

    private long word0;
    private long word1;
    private long word2;
    private long word3;
    private long word4;
    private long word5;
    private long word6;
    private long word7;
}
