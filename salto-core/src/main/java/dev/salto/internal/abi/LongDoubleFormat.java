// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/** The format of C's {@code long double}. */
public enum LongDoubleFormat {
    /** {@code double}, and vectors are aligned to 8. */
    DOUBLE,
    /** {@code double}, and vectors are aligned to their size. */
    DOUBLE_OF_WINDOWS,
    /** The x87's 80 bits in 16 bytes. */
    X87,
    /** The x87's 80 bits in 12 bytes, aligned to 4, as {@code double} is there. */
    X87_OF_12_BYTES,
    /** IEEE 754 binary128, aligned to 16. */
    QUAD,
    /** IEEE 754 binary128, aligned to 8. */
    QUAD_ALIGNED_TO_8,
    /** The sum of two doubles. */
    DOUBLE_DOUBLE
}
