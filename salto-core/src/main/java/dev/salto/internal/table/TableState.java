// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * A table at one moment.
 *
 * @param isReadOnly whether no page of it can be written, except while Salto changes one
 * @param isSealed whether any of its function pointers are sealed
 * @param isEmpty whether all its slots are free, and have no memory in the Java heap
 * @param code the address of its code
 * @param codeSize the size of the code in bytes
 * @param data the address of the memory that its code reads
 * @param dataSize the size of that memory in bytes
 */
public record TableState(boolean isReadOnly, boolean isSealed, boolean isEmpty, long code, long codeSize, long data,
        long dataSize) {}
