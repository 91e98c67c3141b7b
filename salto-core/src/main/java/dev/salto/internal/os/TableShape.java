// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/**
 * The sizes of a table's parts, in bytes.
 *
 * @param codeSize the size of the code, a multiple of the page size; the parameters follow it
 * @param parametersSize the size of the parameters
 */
public record TableShape(long codeSize, long parametersSize) {
    long tableSize() {
        return codeSize + parametersSize;
    }
}
