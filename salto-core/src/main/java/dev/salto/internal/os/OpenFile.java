// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;

/** A file that is open for reading, or to be mapped. */
public interface OpenFile extends AutoCloseable {
    /** Returns its size in bytes. */
    long size() throws OsException;

    /**
     * Fills memory with bytes of the file.
     *
     * @param offset where they begin in the file
     * @throws IndexOutOfBoundsException if the file has no such bytes
     */
    void read(long offset, MemorySegment to) throws OsException;

    /**
     * Explains how a security module's label of the file can be the reason why it may not be mapped,
     * and what helps; empty if it has no label.
     */
    String explainLabel();

    @Override
    void close();
}
