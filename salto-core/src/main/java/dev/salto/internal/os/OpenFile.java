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
     * Explains a refusal to map the file by its label, for people, and names the remedy. Returns an
     * empty text if a security module has no label for it.
     */
    String explainLabel();

    @Override
    void close();
}
