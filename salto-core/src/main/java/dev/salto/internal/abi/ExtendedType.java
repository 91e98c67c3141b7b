// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scalar type of C without a layout in the JDK, which travels in another way than a struct of its
 * size. Its layout is a struct whose only member is an array. The name of the array tells the type;
 * the name of the struct is the user's.
 */
public enum ExtendedType {
    /** {@code long double} on x86: the 80-bit format of the x87, with padding. */
    X87,
    /** IEEE 754 binary128: {@code long double} of most 64-bit architectures, {@code __float128}. */
    QUAD,
    /** {@code long double} on POWER: the sum of two doubles. */
    DOUBLE_DOUBLE,
    /** {@code _Float16}: IEEE 754 binary16. */
    HALF,
    /** {@code __int128}. */
    INT128,
    /** A vector of 4, 8 or 16 bytes, as a type of the compiler. */
    VECTOR,
    /** {@code _Complex}: two floating-point numbers, the real part first. */
    COMPLEX;

    /** All types. */
    static final Set<ExtendedType> ALL = Collections.unmodifiableSet(EnumSet.allOf(ExtendedType.class));

    private static final String PREFIX = "dev.salto.";

    /**
     * The layout of a type.
     *
     * @param element the layout of its elements; bytes, if they do not matter
     * @param count their number
     * @param alignment in bytes
     */
    public StructLayout layout(MemoryLayout element, long count, long alignment) {
        return MemoryLayout.structLayout(MemoryLayout.sequenceLayout(count, element).withName(PREFIX + name()))
                .withByteAlignment(alignment);
    }

    /**
     * The extended type of a layout; null if the JDK has a layout for it, or if it is a struct of
     * other types.
     */
    public static @Nullable ExtendedType of(MemoryLayout layout) {
        if (layout instanceof StructLayout struct) {
            List<MemoryLayout> members = struct.memberLayouts();
            if (members.size() == 1 && members.getFirst() instanceof SequenceLayout content) {
                String name = content.name().orElse("");
                return name.startsWith(PREFIX) ? valueOf(name.substring(PREFIX.length())) : null;
            }
        }
        return null;
    }

    /** Its name in C. */
    String inC() {
        return switch (this) {
            case X87 -> "a long double of 80 bits";
            case QUAD -> "a floating-point number of 128 bits";
            case DOUBLE_DOUBLE -> "a long double of two doubles";
            case HALF -> "a _Float16";
            case INT128 -> "an __int128";
            case VECTOR -> "a vector";
            case COMPLEX -> "a complex number";
        };
    }

    /** The layout of one part of a complex number, or of a vector. */
    static MemoryLayout part(MemoryLayout type) {
        SequenceLayout content = (SequenceLayout) ((GroupLayout) type).memberLayouts().getFirst();
        return content.elementLayout();
    }

    /**
     * Whether a layout is a vector of one {@code float} or {@code double}, which GCC has as a
     * vector and yet not in a register on x86-64.
     */
    static boolean isVectorOfOneNumber(MemoryLayout layout) {
        return of(layout) == VECTOR && Field.isFloatingPoint(part(layout))
                && layout.byteSize() == part(layout).byteSize();
    }

    /** Whether a layout is a vector that is too short for the registers that vectors have. */
    static boolean isShortVector(MemoryLayout layout) {
        return of(layout) == VECTOR && layout.byteSize() < Double.BYTES;
    }

    /**
     * Refuses a function with types that a calling convention does not know.
     *
     * @param known the types that it knows, besides complex numbers
     * @param convention its name, for people
     * @throws IllegalArgumentException if the function has others; the message names them
     */
    static void requireOnly(Set<ExtendedType> known, FunctionDescriptor function, String convention) {
        for (MemoryLayout argument : function.argumentLayouts()) {
            requireOnly(known, argument, convention);
        }
        if (function.returnLayout().isPresent()) {
            requireOnly(known, function.returnLayout().get(), convention);
        }
    }

    static void requireOnly(Set<ExtendedType> known, MemoryLayout layout, String convention) {
        if (isIn(layout)) {
            for (Field field : Field.of(layout)) {
                ExtendedType type = of(field.layout());
                if (type != null && !known.contains(type)) {
                    throw new IllegalArgumentException(
                            "%s has %s in it, which %s does not pass by value, as far as Salto knows; pass a pointer to it"
                                    .formatted(layout, type.inC(), convention));
                }
            }
        }
    }

    /** Whether such a type is anywhere in a layout. */
    public static boolean isIn(MemoryLayout layout) {
        if (layout instanceof SequenceLayout sequence) {
            return isIn(sequence.elementLayout());
        }
        if (!(layout instanceof GroupLayout group)) {
            return false;
        }
        if (of(group) != null) {
            return true;
        }
        for (MemoryLayout member : group.memberLayouts()) {
            if (isIn(member)) {
                return true;
            }
        }
        return false;
    }

    /** Whether such a type is anywhere in a function's type. */
    public static boolean isIn(FunctionDescriptor function) {
        for (MemoryLayout layout : function.argumentLayouts()) {
            if (isIn(layout)) {
                return true;
            }
        }
        return function.returnLayout().isPresent() && isIn(function.returnLayout().get());
    }
}
