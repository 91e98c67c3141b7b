// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** Removes the names of layouts. Two descriptors that differ only in names are one signature. */
final class LayoutNames {
    private LayoutNames() {}

    static FunctionDescriptor strip(FunctionDescriptor function) {
        MemoryLayout[] arguments = stripAll(function.argumentLayouts());
        Optional<MemoryLayout> result = function.returnLayout();
        return result.isPresent()
                ? FunctionDescriptor.of(strip(result.get()), arguments)
                : FunctionDescriptor.ofVoid(arguments);
    }

    private static MemoryLayout[] stripAll(List<MemoryLayout> layouts) {
        MemoryLayout[] stripped = new MemoryLayout[layouts.size()];
        for (int i = 0; i < stripped.length; i++) {
            stripped[i] = strip(layouts.get(i));
        }
        return stripped;
    }

    private static MemoryLayout strip(MemoryLayout layout) {
        // Most layouts are. For a switch over patterns, the JVM would make one more class.
        if (layout instanceof ValueLayout value && !(layout instanceof AddressLayout)) {
            return value.withoutName();
        }
        return stripNested(layout);
    }

    private static MemoryLayout stripNested(MemoryLayout layout) {
        return switch (layout) {
            case StructLayout struct -> MemoryLayout.structLayout(stripAll(struct.memberLayouts()))
                    .withByteAlignment(struct.byteAlignment());
            case UnionLayout union -> MemoryLayout.unionLayout(stripAll(union.memberLayouts()))
                    .withByteAlignment(union.byteAlignment());
            case SequenceLayout sequence -> MemoryLayout
                    .sequenceLayout(sequence.elementCount(), strip(sequence.elementLayout()))
                    .withByteAlignment(sequence.byteAlignment());
            case AddressLayout address -> address.targetLayout()
                    .map(target -> address.withoutName().withTargetLayout(strip(target)))
                    .orElseGet(address::withoutName);
            case ValueLayout value -> value.withoutName();
            case PaddingLayout padding -> padding.withoutName();
        };
    }
}
