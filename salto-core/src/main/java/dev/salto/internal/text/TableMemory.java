// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one table: a code table, which is never writable, and its parameter table, which is never executable. No page has both parts, whatever the page
 * size: a code table is a whole number of pages. Addresses, and not segments, which take time to make while a pool grows.
 *
 * @param code the address of the read+execute part
 * @param codeSize its size in bytes
 * @param parameters the address of the part that may be written, unless writing is forbidden
 * @param parametersSize its size in bytes
 */
public record TableMemory(long code, long codeSize, long parameters, long parametersSize) {
    /** The memory of a table that begins at an address. */
    static TableMemory at(long address, TextIndex index) {
        long codeSize = index.codeSize();
        return new TableMemory(address, codeSize, address + codeSize, index.tableSize() - codeSize);
    }

    /** The parameters, as memory that can be read, and written unless that is forbidden. */
    public MemorySegment parametersAsSegment() {
        return MemorySegment.ofAddress(parameters).reinterpret(parametersSize);
    }

    /** Lets the parameters be written again. */
    public void allowWriting() throws SystemCallException {
        SystemCalls.mprotect(parameters, parametersSize, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE);
    }

    /** Makes a write to the parameters, by whatever code, end the process. */
    public void forbidWriting() throws SystemCallException {
        SystemCalls.mprotect(parameters, parametersSize, SystemCalls.PROT_READ);
    }

    /** Gives the memory of the parameters back to the system. What is mapped there instead is that of the grave, which it shares with others. */
    public void bury(TableMemory grave) throws SystemCallException {
        SystemCalls.duplicate(grave.parameters, parametersSize, parameters);
    }

    /**
     * Undoes {@link #bury}: the parameters are memory of this table alone again, which says what the grave's says, because there may be callers who have
     * pointers to trampolines of this table still. They find the one or the other.
     */
    public void exhume(TableMemory grave) throws SystemCallException {
        long fresh = SystemCalls.mapMemory(parametersSize, SystemCalls.MAP_PRIVATE);
        try {
            MemorySegment.ofAddress(fresh).reinterpret(parametersSize).copyFrom(grave.parametersAsSegment());
            SystemCalls.move(fresh, parametersSize, parameters);
        } catch (SystemCallException e) {
            SystemCalls.munmap(fresh, parametersSize);
            throw e;
        }
    }

    /** Forbids writing, and, where the kernel can do that, keeps all of the table's memory mapped as it is until the process ends. */
    public void seal() throws SystemCallException {
        forbidWriting();
        SystemCalls.mseal(code, codeSize);
        SystemCalls.mseal(parameters, parametersSize);
    }
}
