// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/** What Java takes a value for. */
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

    /** What a layout is taken for. */
    static Carrier of(MemoryLayout layout) {
        return switch (layout) {
            case ValueLayout.OfBoolean _ -> BOOLEAN;
            case ValueLayout.OfByte _ -> BYTE;
            case ValueLayout.OfShort _ -> SHORT;
            case ValueLayout.OfChar _ -> CHAR;
            case ValueLayout.OfInt _ -> INT;
            case ValueLayout.OfLong _ -> LONG;
            case ValueLayout.OfFloat _ -> FLOAT;
            case ValueLayout.OfDouble _ -> DOUBLE;
            case AddressLayout _ -> ADDRESS;
            default -> SEGMENT;
        };
    }

    /** What such a value is in Java, for people. */
    public String describe() {
        return switch (this) {
            case WIDENED_FLOAT -> "float";
            case ADDRESS -> "pointer";
            case SEGMENT -> "struct, union or other value that comes as a segment";
            default -> name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
