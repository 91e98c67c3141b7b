// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/**
 * The sizes of tables' parts, in bytes.
 *
 * @param codeSize the size of the code of a table with blocks, a multiple of the page size
 * @param parametersOffset the distance from the code of a table with blocks to its parameters
 * @param parametersSize the size of the parameters
 * @param indexOffset the distance of the code of tables by index from the other code; a multiple of
 *     the page size
 * @param indexCodeSize the size of the code of a table by index, a multiple of the page size
 */
public record TableShape(long codeSize, long parametersOffset, long parametersSize, long indexOffset,
        long indexCodeSize) {
    /** The distance from a table's code to the end of its parameters. */
    long tableSize() {
        return parametersOffset + parametersSize;
    }

    /** The size of all code. */
    long imageSize() {
        return indexOffset + indexCodeSize;
    }
}
