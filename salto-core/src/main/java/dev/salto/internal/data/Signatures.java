// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Checks function types that no linker has checked. */
public final class Signatures {
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private Signatures() {}

    /**
     * Refuses a function with layouts that no value of C has.
     *
     * @throws IllegalArgumentException if it has such layouts; the message names one
     */
    public static void requireKnown(FunctionDescriptor function) {
        // Loops without patterns: the first function of each type waits for this.
        for (MemoryLayout layout : function.argumentLayouts()) {
            requireValue(layout);
        }
        if (function.returnLayout().isPresent()) {
            requireValue(function.returnLayout().get());
        }
    }

    /**
     * Refuses a function with an array or padding as an argument or result.
     *
     * @throws IllegalArgumentException if it has one; the message has the remedy
     */
    public static void requireScalarsAndGroups(FunctionDescriptor function) {
        for (MemoryLayout layout : function.argumentLayouts()) {
            requireScalarOrGroup(layout);
        }
        if (function.returnLayout().isPresent()) {
            requireScalarOrGroup(function.returnLayout().get());
        }
    }

    private static void requireValue(MemoryLayout layout) {
        requireScalarOrGroup(layout);
        requireNativeOrder(layout);
    }

    private static void requireScalarOrGroup(MemoryLayout layout) {
        if (!(layout instanceof ValueLayout) && !(layout instanceof GroupLayout)) {
            throw new IllegalArgumentException(
                    layout instanceof SequenceLayout
                            ? "%s is an array, which C passes as a pointer; use ValueLayout.ADDRESS, or a struct layout around it if C passes a struct"
                                    .formatted(layout)
                            : "%s is no argument or result of a function in C".formatted(layout));
        }
    }

    private static void requireNativeOrder(MemoryLayout layout) {
        if (layout instanceof ValueLayout value) {
            if (!value.order().equals(NATIVE) && value.byteSize() > 1) {
                throw new IllegalArgumentException(
                        "%s has another byte order than this processor, %s; native code passes values in its own"
                                .formatted(value, NATIVE));
            }
        } else if (layout instanceof SequenceLayout sequence) {
            requireNativeOrder(sequence.elementLayout());
        } else if (layout instanceof GroupLayout group) {
            for (MemoryLayout member : group.memberLayouts()) {
                requireNativeOrder(member);
            }
        }
    }
}
