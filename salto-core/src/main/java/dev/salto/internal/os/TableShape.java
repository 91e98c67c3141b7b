// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/**
 * The sizes of tables' parts, in bytes.
 *
 * @param codeSize the size of the code of a table with blocks, a multiple of the page size
 * @param parametersSize the size of the parameters, which follow the code of a table with blocks
 * @param indexOffset the distance of the code of tables by index from the other code; a multiple of
 *     the page size
 * @param indexCodeSize the size of the code of a table by index, a multiple of the page size
 */
public record TableShape(long codeSize, long parametersSize, long indexOffset, long indexCodeSize) {
    long tableSize() {
        return codeSize + parametersSize;
    }

    /** The size of all code. */
    long imageSize() {
        return indexOffset + indexCodeSize;
    }
}
