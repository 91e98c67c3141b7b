// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layouts that the linker of JDK 25 accepts, but passes in another way than C. Calls would find
 * wrong values, or end the JVM.
 */
final class LinkerFaults {
    private LinkerFaults() {}

    /**
     * Refuses a function with such a layout.
     *
     * @param isMistaken whether a layout has the fault
     * @param fault what the linker does with it, as the end of a sentence
     */
    static void refuse(FunctionDescriptor function, Predicate<MemoryLayout> isMistaken, String fault) {
        Stream.concat(function.returnLayout().stream(), function.argumentLayouts().stream())
                .filter(isMistaken)
                .findFirst()
                .ifPresent(layout -> {
                    throw refusal(layout, fault);
                });
    }

    /** The exception for a layout with a fault. */
    static IllegalArgumentException refusal(MemoryLayout layout, String fault) {
        return new IllegalArgumentException(
                "%s cannot be passed by value through a gate: the JDK's linker %s; %s".formatted(layout, fault,
                        Ports.remedyForLinker()));
    }

    /**
     * Refuses a function with homogeneous aggregates whose members the linker miscounts. It counts
     * each member of a union, and no members of structs or unions in an array.
     * With an array without elements, an aggregate is not homogeneous to compilers.
     *
     * @param isHomogeneous whether a layout is such an aggregate by the calling convention, except
     *     for arrays without elements
     */
    static void refuseMiscounted(FunctionDescriptor function, Predicate<MemoryLayout> isHomogeneous) {
        refuse(function, isHomogeneous.and(LinkerFaults::isMiscounted),
                "counts the members of aggregates of floating-point numbers in unions, in arrays of structs, or beside"
                        + " arrays without elements, in another way than C does");
    }

    /**
     * Refuses a function with an empty struct or union, if the stub copies no other struct or
     * union. The stub makes no memory for it then, and ends the JVM. The linker itself refuses an
     * empty result.
     */
    static void refuseEmptyAlone(FunctionDescriptor function, Port port) {
        List<MemoryLayout> layouts = function.argumentLayouts();
        if (!isAnyEmpty(layouts)) {
            return;
        }
        List<List<Piece>> arguments = port.classify(function).arguments();
        boolean hasMemory = IntStream.range(0, layouts.size())
                .anyMatch(i -> layouts.get(i) instanceof GroupLayout && arguments.get(i).stream()
                        .anyMatch(piece -> piece.size() > 0 && !(piece.storage() instanceof Storage.Reference)));
        if (!hasMemory) {
            refuse(function.dropReturnLayout(), LinkerFaults::isEmpty, "makes no memory for it, and ends the JVM");
        }
    }

    private static boolean isAnyEmpty(List<MemoryLayout> layouts) {
        // No stream: it would cost the first callback two milliseconds.
        for (MemoryLayout layout : layouts) {
            if (isEmpty(layout)) {
                return true;
            }
        }
        return false;
    }

    /** Refuses a function with an empty struct or union, for which nobody knows the stub. */
    static void refuseEmpty(FunctionDescriptor function) {
        refuse(function.dropReturnLayout(), LinkerFaults::isEmpty, "may make no memory for it, and end the JVM");
    }

    /** Whether a layout is a struct or a union without a byte. */
    static boolean isEmpty(MemoryLayout layout) {
        return layout instanceof GroupLayout && layout.byteSize() == 0;
    }

    private static boolean isMiscounted(MemoryLayout homogeneous) {
        List<Field> fields = Field.of(homogeneous);
        return Field.hasArrayOfGroups(homogeneous) || Field.hasEmptyArray(homogeneous)
                || fields.size() != homogeneous.byteSize() / fields.getFirst().size();
    }
}
