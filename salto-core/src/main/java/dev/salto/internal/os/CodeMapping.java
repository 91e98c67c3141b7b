// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The code of both kinds of tables, mapped read+execute. More tables come from it, and not from a
 * file. So no file needs to be open, or even to exist. A process that has given up the right to map
 * executable memory still grows.
 *
 * <p>Methods may be called by any thread.
 */
public interface CodeMapping {
    /** Returns the code, which cannot be written. */
    MemorySegment code();

    /**
     * Returns the code as it is in its file, for a comparison with the image of the build. Some
     * systems change a header when they map a file.
     */
    default MemorySegment content() {
        return code();
    }

    /**
     * Maps one more table: the code, followed by zeroed memory for the parameters.
     *
     * @return the memory of the table, mapped for good
     * @throws OsException if the system has no more mappings or memory to give
     */
    TableMemory addTable() throws OsException;

    /**
     * Maps more tables by index: the code of each, followed by its header, filled and read-only.
     * Maps fewer than wanted if the system has no more to give, or if mapping them together saves
     * nothing.
     *
     * @param headers the words of each header; that of the entry is a distance from the beginning
     *     of the table's code
     * @param entryPlace where the word of the entry lies in a header, in bytes
     * @return the memory of the first tables, at least one, mapped for good
     * @throws OsException if the system has no mappings or memory to give; nothing remains mapped
     *     then
     */
    List<IndexTableMemory> addIndexTables(long[][] headers, int entryPlace) throws OsException;

    /** Unmaps the code. There must be no table. */
    void unmap() throws OsException;
}
