// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one table: a code table, which is never writable, and its parameter table, which is never executable.
 *
 * @param code the read+execute part
 * @param parameters the part that may be written, unless writing is forbidden
 */
public record TableMemory(MemorySegment code, MemorySegment parameters) {
    /** The memory of a table that begins at an address. No page has both parts, whatever the page size: a code table is a whole number of pages. */
    static TableMemory at(long address, TextIndex index) {
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(index.tableSize());
        return new TableMemory(memory.asSlice(0, index.codeSize()).asReadOnly(), memory.asSlice(index.codeSize()));
    }

    /** Lets the parameters be written again. */
    public void allowWriting() throws SystemCallException {
        SystemCalls.mprotect(parameters.address(), parameters.byteSize(),
                SystemCalls.PROT_READ | SystemCalls.PROT_WRITE);
    }

    /** Makes a write to the parameters, by whatever code, end the process. */
    public void forbidWriting() throws SystemCallException {
        SystemCalls.mprotect(parameters.address(), parameters.byteSize(), SystemCalls.PROT_READ);
    }

    /** Gives the memory of the parameters back to the system. What is mapped there instead is that of the grave, which it shares with others. */
    public void bury(TableMemory grave) throws SystemCallException {
        SystemCalls.duplicate(grave.parameters.address(), parameters.byteSize(), parameters.address());
    }

    /** Undoes {@link #bury}; the parameters are fresh zeroed memory. */
    public void exhume() throws SystemCallException {
        SystemCalls.mapOver(parameters.address(), parameters.byteSize());
    }

    /** Forbids writing, and, where the kernel can do that, keeps all of the table's memory mapped as it is until the process ends. */
    public void seal() throws SystemCallException {
        forbidWriting();
        SystemCalls.mseal(code.address(), code.byteSize());
        SystemCalls.mseal(parameters.address(), parameters.byteSize());
    }
}
