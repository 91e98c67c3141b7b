// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import java.util.stream.Stream;

/** What Salto asks of function types that no linker has looked at. */
final class Signatures {
    private Signatures() {}

    /**
     * A function's type in Java.
     *
     * @throws IllegalArgumentException if it has layouts that no type of C has
     */
    static MethodType types(FunctionDescriptor function) {
        Stream.concat(function.returnLayout().stream(), function.argumentLayouts().stream())
                .forEach(Signatures::requireNativeOrder);
        // Refuses arrays and padding.
        return function.toMethodType();
    }

    private static void requireNativeOrder(MemoryLayout layout) {
        switch (layout) {
            case ValueLayout value -> {
                if (value.byteSize() > 1 && !value.order().equals(ByteOrder.nativeOrder())) {
                    throw new IllegalArgumentException(
                            "%s has another byte order than this processor, %s; native code passes values in its own"
                                    .formatted(value, ByteOrder.nativeOrder()));
                }
            }
            case SequenceLayout sequence -> requireNativeOrder(sequence.elementLayout());
            case GroupLayout group -> group.memberLayouts().forEach(Signatures::requireNativeOrder);
            default -> {
                // Padding has no order.
            }
        }
    }
}
