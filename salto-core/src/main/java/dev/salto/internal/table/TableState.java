// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * A table at one moment.
 *
 * @param used how many of its slots are taken
 * @param taken how often one was, in all
 * @param isProtected whether its parameters can be written only while Salto does
 * @param isSealed whether its parameters can never be written again
 * @param code the address of its code table
 * @param parameters the address of its parameter table
 * @param size the size of the parameter table in bytes
 */
public record TableState(int used, long taken, boolean isProtected, boolean isSealed, long code, long parameters,
        long size) {}
