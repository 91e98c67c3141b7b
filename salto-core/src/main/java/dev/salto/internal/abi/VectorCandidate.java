// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Finds values that go into registers for floating-point numbers and vectors, by the two procedure
 * call standards for Arm. These are floating-point numbers, vectors, and homogeneous aggregates of
 * one to four of them. AAPCS64 2024Q3, 5.9.5 and 6.8.2; AAPCS32 2024Q3, 5.3.5 and 7.1.2, "VFP
 * co-processor register candidates".
 */
final class VectorCandidate {
    private static final int MOST_MEMBERS = 4;

    private VectorCandidate() {}

    /** The size of the part in each register, if a value is such a candidate; 0 if it is not. */
    static long memberSize(MemoryLayout layout) {
        if (isOne(layout)) {
            return layout.byteSize();
        }
        return layout instanceof GroupLayout ? memberSizeOfAggregate(layout) : 0;
    }

    private static boolean isOne(MemoryLayout layout) {
        if (layout instanceof ValueLayout) {
            return Field.isFloatingPoint(layout);
        }
        ExtendedType type = ExtendedType.of(layout);
        return type == ExtendedType.QUAD || type == ExtendedType.HALF
                || (type == ExtendedType.VECTOR && !ExtendedType.isShortVector(layout));
    }

    /**
     * All members have one type. An aggregate with padding is no candidate: the test is applied
     * after data layout is completed. To compilers, one with an array without elements is none.
     */
    private static long memberSizeOfAggregate(MemoryLayout aggregate) {
        List<Field> fields = Field.of(aggregate);
        if (fields.isEmpty() || !isOne(fields.getFirst().layout()) || Field.hasEmptyArray(aggregate)) {
            return 0;
        }
        Field first = fields.getFirst();
        for (Field field : fields) {
            if (!isSameType(field.layout(), first.layout())) {
                return 0;
            }
        }
        long count = count(aggregate);
        return count <= MOST_MEMBERS && count * first.size() == aggregate.byteSize() ? first.size() : 0;
    }

    /** The elements of vectors do not matter. */
    private static boolean isSameType(MemoryLayout one, MemoryLayout other) {
        return ExtendedType.of(one) == ExtendedType.VECTOR
                ? ExtendedType.of(other) == ExtendedType.VECTOR && one.byteSize() == other.byteSize()
                : one.equals(other);
    }

    /** The number of members side by side: for a union, that of its largest member. */
    private static long count(MemoryLayout layout) {
        if (layout instanceof ValueLayout || isOne(layout)) {
            return 1;
        }
        if (layout instanceof SequenceLayout sequence) {
            return sequence.elementCount() * count(sequence.elementLayout());
        }
        long count = 0;
        if (layout instanceof GroupLayout group) {
            for (MemoryLayout member : group.memberLayouts()) {
                long own = count(member);
                count = group instanceof StructLayout ? count + own : Math.max(count, own);
            }
        }
        return count;
    }

    /**
     * The natural alignment: that of the members. The alignment of the type as a whole does not
     * change it. AAPCS64 5.9.2, 6.8.2 (B.6); AAPCS32 5.3.1, 6.5 (B.5).
     */
    static long naturalAlignment(MemoryLayout layout) {
        if (layout instanceof ValueLayout) {
            return layout.byteSize();
        }
        ExtendedType type = ExtendedType.of(layout);
        if (type != null) {
            return type == ExtendedType.COMPLEX
                    ? naturalAlignment(ExtendedType.part(layout))
                    : layout.byteSize();
        }
        long alignment = 1;
        if (layout instanceof GroupLayout group) {
            for (MemoryLayout member : group.memberLayouts()) {
                alignment = Math.max(alignment, member.byteAlignment());
            }
        }
        return alignment;
    }
}
