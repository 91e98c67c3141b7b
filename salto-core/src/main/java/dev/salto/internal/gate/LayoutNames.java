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

/** Layouts without their names, which say nothing about how values travel: two descriptors that differ in names alone are one signature. */
final class LayoutNames {
    private LayoutNames() {}

    static FunctionDescriptor strip(FunctionDescriptor function) {
        MemoryLayout[] arguments = stripAll(function.argumentLayouts());
        return function.returnLayout()
                .map(result -> FunctionDescriptor.of(strip(result), arguments))
                .orElseGet(() -> FunctionDescriptor.ofVoid(arguments));
    }

    private static MemoryLayout[] stripAll(List<MemoryLayout> layouts) {
        return layouts.stream().map(LayoutNames::strip).toArray(MemoryLayout[]::new);
    }

    private static MemoryLayout strip(MemoryLayout layout) {
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
