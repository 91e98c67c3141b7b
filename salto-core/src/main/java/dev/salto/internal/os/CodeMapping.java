// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;

/**
 * The code of tables, mapped read+execute. More tables come from it, and not from a file: no file needs to be open or even to exist any more, and a process
 * that has given up mapping executable memory still grows.
 *
 * <p>Methods may be called by any thread.
 */
public interface CodeMapping {
    /** Returns the code, which cannot be written. */
    MemorySegment code();

    /**
     * Maps one more table: the code, followed by zeroed memory for the parameters.
     *
     * @return the memory of the table, mapped for good
     * @throws OsException if the system has no more mappings or memory to give
     */
    TableMemory addTable() throws OsException;

    /** Does the same for a table whose parameters can be mapped {@linkplain TableMemory#bury in place of other tables'}. */
    TableMemory addGrave() throws OsException;

    /** Unmaps the code. There must be no table. */
    void unmap() throws OsException;
}
