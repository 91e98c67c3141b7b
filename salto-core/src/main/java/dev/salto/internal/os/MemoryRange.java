// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/**
 * A range of memory.
 *
 * @param address where it begins
 * @param size its size in bytes
 */
public record MemoryRange(long address, long size) {
    /**
     * Whether it has a byte in common with the bytes from {@code start} to {@code end}, that one
     * excluded.
     */
    boolean overlaps(long start, long end) {
        return Long.compareUnsigned(address, end) < 0 && Long.compareUnsigned(start, address + size) < 0;
    }
}
