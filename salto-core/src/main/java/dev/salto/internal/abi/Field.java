// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A scalar in a value, at any depth of structs, unions and arrays. A complex number is two of
 * them.
 *
 * @param offset where it begins in the value, in bytes
 * @param layout its layout
 */
record Field(long offset, MemoryLayout layout) {
    /** Names and alignments do not make types different. */
    Field {
        layout = layout instanceof ValueLayout value ? value.withoutName().withByteAlignment(1) : layout.withoutName();
    }

    /**
     * All scalars of a layout, in the order of the declaration; those of a union's members overlap.
     */
    static List<Field> of(MemoryLayout layout) {
        List<Field> fields = new ArrayList<>();
        collect(layout, 0, fields);
        return fields;
    }

    private static void collect(MemoryLayout layout, long offset, List<Field> fields) {
        // No switch over patterns, here and elsewhere before the first callback: the JVM makes a
        // class for each.
        if (layout instanceof ValueLayout value) {
            fields.add(new Field(offset, value));
        } else if (isExtendedScalar(layout)) {
            fields.add(new Field(offset, layout));
        } else if (layout instanceof SequenceLayout sequence) {
            for (long i = 0; i < sequence.elementCount(); i++) {
                collect(sequence.elementLayout(), offset + i * sequence.elementLayout().byteSize(), fields);
            }
        } else if (layout instanceof GroupLayout group) {
            long member = offset;
            for (MemoryLayout layoutOfMember : group.memberLayouts()) {
                collect(layoutOfMember, member, fields);
                // The members of a union all begin where it does.
                member += group instanceof StructLayout ? layoutOfMember.byteSize() : 0;
            }
        }
    }

    /**
     * The scalars that arrays without elements would begin with. They take no place, but compilers
     * look at their types.
     */
    static List<Field> ofEmptyArrays(MemoryLayout layout) {
        List<Field> fields = new ArrayList<>();
        collectFromEmptyArrays(layout, 0, fields);
        return fields;
    }

    private static void collectFromEmptyArrays(MemoryLayout layout, long offset, List<Field> fields) {
        if (layout instanceof SequenceLayout sequence) {
            MemoryLayout element = sequence.elementLayout();
            if (sequence.elementCount() == 0) {
                collect(element, offset, fields);
            }
            for (long i = 0; i < sequence.elementCount(); i++) {
                collectFromEmptyArrays(element, offset + i * element.byteSize(), fields);
            }
        } else if (layout instanceof GroupLayout group && !isExtendedScalar(group)) {
            long member = offset;
            for (MemoryLayout layoutOfMember : group.memberLayouts()) {
                collectFromEmptyArrays(layoutOfMember, member, fields);
                member += group instanceof StructLayout ? layoutOfMember.byteSize() : 0;
            }
        }
    }

    private static boolean isExtendedScalar(MemoryLayout layout) {
        ExtendedType type = ExtendedType.of(layout);
        return type != null && type != ExtendedType.COMPLEX;
    }

    /**
     * The type of all scalars of a struct or union, if that is one and the same floating-point
     * type.
     */
    static Optional<Field> onlyFloatingPoint(MemoryLayout layout) {
        if (!(layout instanceof GroupLayout)) {
            return Optional.empty();
        }
        List<Field> fields = of(layout);
        return fields.stream()
                .findFirst()
                .filter(first -> first.isFloatingPoint()
                        && fields.stream().allMatch(field -> field.layout.equals(first.layout)));
    }

    /** Whether there is an array without elements anywhere in a layout. */
    static boolean hasEmptyArray(MemoryLayout layout) {
        if (layout instanceof SequenceLayout sequence) {
            return sequence.elementCount() == 0 || hasEmptyArray(sequence.elementLayout());
        }
        if (layout instanceof GroupLayout group) {
            for (MemoryLayout member : group.memberLayouts()) {
                if (hasEmptyArray(member)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether there is an array of structs or unions anywhere in a layout. */
    static boolean hasArrayOfGroups(MemoryLayout layout) {
        return switch (layout) {
            case SequenceLayout sequence -> !(sequence.elementLayout() instanceof ValueLayout);
            case GroupLayout group -> group.memberLayouts().stream().anyMatch(Field::hasArrayOfGroups);
            default -> false;
        };
    }

    long size() {
        return layout.byteSize();
    }

    boolean isFloatingPoint() {
        return isFloatingPoint(layout);
    }

    /** Whether a layout is {@code float}, {@code double} or {@code _Float16}. */
    static boolean isFloatingPoint(MemoryLayout layout) {
        return layout instanceof ValueLayout.OfFloat || layout instanceof ValueLayout.OfDouble
                || ExtendedType.of(layout) == ExtendedType.HALF;
    }
}
