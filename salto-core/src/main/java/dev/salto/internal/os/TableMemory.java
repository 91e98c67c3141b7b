// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one table: its code, which is never writable, and its parameters, which are never
 * executable. No page has both parts, whatever the page size.
 */
public abstract class TableMemory {
    private final long code;
    private final TableShape shape;

    TableMemory(long code, TableShape shape) {
        this.code = code;
        this.shape = shape;
    }

    /** Returns the address of the code. */
    public final long code() {
        return code;
    }

    /** Returns the size of the code in bytes. */
    public final long codeSize() {
        return shape.codeSize();
    }

    /** Returns the address of the parameters. */
    public final long parameters() {
        return code + shape.parametersOffset();
    }

    /** Returns the size of the parameters in bytes. */
    public final long parametersSize() {
        return shape.parametersSize();
    }

    /** Returns the parameters, which can be written unless {@link #forbidWriting} forbids it. */
    public final MemorySegment parametersAsSegment() {
        return MemorySegment.ofAddress(parameters()).reinterpret(parametersSize());
    }

    /** Lets the parameters be written again. */
    public abstract void allowWriting() throws OsException;

    /** Makes the parameters read-only. A write to them ends the process. */
    public abstract void forbidWriting() throws OsException;

    /**
     * Forbids writing. If the kernel supports it, all of the table's memory stays mapped as it is
     * until the process ends.
     */
    public abstract void seal() throws OsException;
}
