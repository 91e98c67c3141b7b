// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Layouts that the linker of JDK 25 accepts and then passes in another way than C does, so that a
 * call finds the wrong values or ends the JVM.
 */
final class LinkerFaults {
    private LinkerFaults() {}

    /**
     * Refuses a function with such a layout.
     *
     * @param isMistaken whether a layout is one
     * @param fault what the linker does with it, as the end of a sentence
     */
    static void refuse(FunctionDescriptor function, Predicate<MemoryLayout> isMistaken, String fault) {
        Stream.concat(function.returnLayout().stream(), function.argumentLayouts().stream())
                .filter(isMistaken)
                .findFirst()
                .ifPresent(layout -> {
                    throw new IllegalArgumentException(
                            "%s cannot be passed by value: the JDK's linker %s; pass a pointer, or declare it in another way"
                                    .formatted(layout, fault));
                });
    }

    /**
     * Refuses a function with homogeneous aggregates in which the linker counts other members than
     * there are: each member of a union counts, and those of structs or unions in an array do not.
     *
     * @param isHomogeneous whether a layout is such an aggregate by the calling convention
     */
    static void refuseMiscounted(FunctionDescriptor function, Predicate<MemoryLayout> isHomogeneous) {
        refuse(function, isHomogeneous.and(LinkerFaults::isMiscounted),
                "counts the members of aggregates of floating-point numbers in unions, or in arrays of structs,"
                        + " in another way than C does");
    }

    private static boolean isMiscounted(MemoryLayout homogeneous) {
        List<Field> fields = Field.of(homogeneous);
        return Field.hasArrayOfGroups(homogeneous)
                || fields.size() != homogeneous.byteSize() / fields.getFirst().size();
    }
}
