// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * A table at one moment.
 *
 * @param isProtected whether its parameters can be written only while Salto does
 * @param isSealed whether its parameters can never be written again
 * @param isRetired whether the memory of its parameters was given back to the system
 * @param code the address of its code table
 * @param parameters the address of its parameter table
 * @param size the size of the parameter table in bytes
 */
public record TableState(boolean isProtected, boolean isSealed, boolean isRetired, long code, long parameters,
        long size) {}
