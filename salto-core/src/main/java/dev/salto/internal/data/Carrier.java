// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/** The type of a value in Java. */
public enum Carrier {
    /** {@code boolean}. */
    BOOLEAN,
    /** {@code byte}. */
    BYTE,
    /** {@code short}. */
    SHORT,
    /** {@code char}. */
    CHAR,
    /** {@code int}. */
    INT,
    /** {@code long}. */
    LONG,
    /** {@code float}. */
    FLOAT,
    /** {@code float}, which is a {@code double} in a register. */
    WIDENED_FLOAT,
    /** {@code double}. */
    DOUBLE,
    /** A pointer: a segment, or its address. */
    ADDRESS,
    /** A struct, a union, or a type that only C knows: a segment of its size. */
    SEGMENT;

    /** The type for a layout. */
    static Carrier of(MemoryLayout layout) {
        // No switch over patterns: the JVM would make a class for it.
        if (layout instanceof ValueLayout.OfInt) {
            return INT;
        }
        if (layout instanceof AddressLayout) {
            return ADDRESS;
        }
        if (layout instanceof ValueLayout.OfLong) {
            return LONG;
        }
        if (layout instanceof ValueLayout.OfDouble) {
            return DOUBLE;
        }
        if (layout instanceof ValueLayout.OfFloat) {
            return FLOAT;
        }
        if (layout instanceof ValueLayout.OfByte) {
            return BYTE;
        }
        if (layout instanceof ValueLayout.OfShort) {
            return SHORT;
        }
        if (layout instanceof ValueLayout.OfChar) {
            return CHAR;
        }
        return layout instanceof ValueLayout.OfBoolean ? BOOLEAN : SEGMENT;
    }

    /** The name of the type in Java, for people. */
    public String describe() {
        return switch (this) {
            case WIDENED_FLOAT -> "float";
            case ADDRESS -> "pointer";
            case SEGMENT -> "struct, union or other value that comes as a segment";
            default -> name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
