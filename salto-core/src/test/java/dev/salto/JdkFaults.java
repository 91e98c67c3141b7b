// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Ports;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Faults and refusals of JDK 25's linker on some architectures. There is nothing to compare with,
 * because a gate is one of its stubs. Each was seen without Salto.
 */
final class JdkFaults {
    private static final String ARCHITECTURE = System.getProperty("os.arch");

    /** The JDK has no linker of its own for the architecture, and leaves calls to libffi. */
    private static final boolean FALLBACK = Linker.nativeLinker().getClass().getSimpleName().equals("FallbackLinker");

    private JdkFaults() {}

    /** The fault that a function meets on this JVM, for the message of an assumption. */
    static Optional<String> of(FunctionDescriptor function) {
        if (ARCHITECTURE.equals("s390x")) {
            if (function.argumentLayouts().stream().anyMatch(JdkFaults::isEmptyGroup)) {
                return Optional.of("JDK 25 on s390x takes an empty struct for an int in a register: its stub writes one"
                        + " into a segment without room for it, and so ends the JVM");
            }
            if (function.argumentLayouts().stream().anyMatch(JdkFaults::isOneNumberInSomethingElse)) {
                return Optional.of("JDK 25 on s390x takes unions and arrays of one floating-point number for that"
                        + " number, and a struct with something empty beside it, and not one with padding");
            }
        } else if (function.returnLayout().stream().anyMatch(JdkFaults::isEmptyGroup)) {
            return Optional.of("JDK 25 refuses empty results: \"Stack must be empty after recipe\"");
        }
        if (isEmptyGroupAlone(function)) {
            return Optional.of("JDK 25 makes no memory for an empty struct in a function without another struct:"
                    + " its stub throws, and so ends the JVM");
        }
        return Stream.concat(function.argumentLayouts().stream(), function.returnLayout().stream())
                .flatMap(layout -> (FALLBACK ? ofFallbackLinker(layout) : of(layout)).stream())
                .findFirst()
                .or(() -> ofPlaces(function.argumentLayouts()))
                .or(() -> ofPlacesOfAll(function));
    }

    /**
     * libffi on Arm looks for an argument in core registers that C leaves free because an argument
     * before did not fit into them. JDK 25 on POWER reads a float that is in the last register from
     * the stack, where clang does not store it.
     */
    private static Optional<String> ofPlacesOfAll(FunctionDescriptor function) {
        if (!Set.of("arm", "ppc64le").contains(ARCHITECTURE)) {
            return Optional.empty();
        }
        try {
            Ports.thisJvm().orElseThrow().requireLinkable(function);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Which fault a function meets if the JDK calls a callback that a linker makes. */
    static Optional<String> ofComparison(FunctionDescriptor function, UpcallLinker linker) {
        return of(function).or(() -> switch (linker) {
            case JDK -> ofItsOwnStubs(function);
            case SALTO, GATE, DATA_DRIVEN -> Optional.empty();
        });
    }

    /**
     * The fault of a layout at any place, also inside another layout. It is a fault of {@link #of},
     * too.
     */
    static Optional<String> anywhere(MemoryLayout layout) {
        return FALLBACK ? ofFallbackLinker(layout) : Optional.empty();
    }

    /**
     * Which fault a function of {@code signatures.c} meets on this JVM: what C expects of it, no
     * layout can say.
     */
    static Optional<String> ofCFunction(String name, FunctionDescriptor function, UpcallLinker linker) {
        boolean hasLp64d = Set.of("riscv64", "loongarch64").contains(ARCHITECTURE);
        boolean resultsAreExtended = hasLp64d || Set.of("s390x", "ppc64le").contains(ARCHITECTURE);
        boolean isArm = ARCHITECTURE.equals("arm");
        boolean isDataDriven = linker == UpcallLinker.DATA_DRIVEN;
        boolean returnsByte = function.returnLayout().stream().anyMatch(ValueLayout.OfByte.class::isInstance);
        boolean alignmentMatters = !hasLp64d && !Set.of("amd64", "s390x").contains(ARCHITECTURE);
        return switch (name) {
            case "aligned_in_registers" -> optional(alignmentMatters,
                    "where alignment decides which registers a struct is in, the JDK does not find it");
            case "variadic_doubles", "variadic_mixed" -> optional(hasLp64d || isArm,
                    "variable arguments are in integer registers here, and no upcall stub can be told that it has some");
            case "returned_unsigned_char" -> optional(resultsAreExtended || (isArm && isDataDriven && returnsByte),
                    "a callee extends its result here, and the JDK has no layout for a byte that is extended with zeros");
            case "returned_signed_char", "returned_short" -> optional(isArm && !isDataDriven,
                    "a callee extends its result here, and JDK 25's fallback linker does so with zeros");
            default -> Optional.empty();
        };
    }

    private static boolean isEmptyGroupAlone(FunctionDescriptor function) {
        List<MemoryLayout> groups = function.argumentLayouts().stream().filter(GroupLayout.class::isInstance).toList();
        return !groups.isEmpty() && groups.stream().allMatch(JdkFaults::isEmptyGroup);
    }

    /** The fallback linker takes a native thread for a new Java thread at each of its calls. */
    static boolean attachesForEachCall() {
        return FALLBACK;
    }

    private static Optional<String> optional(boolean isFault, String fault) {
        return isFault ? Optional.of(fault) : Optional.empty();
    }

    /**
     * Its own messages: "Fallback linker does not support by-value unions", and "The layout ... is
     * empty".
     */
    private static Optional<String> ofFallbackLinker(MemoryLayout layout) {
        if (contains(layout, UnionLayout.class::isInstance)) {
            return Optional.of("JDK 25's fallback linker refuses unions");
        }
        return contains(layout, part -> part.byteSize() == 0)
                ? Optional.of("JDK 25's fallback linker refuses what is empty")
                : Optional.empty();
    }

    /**
     * libffi 3.5 on LoongArch puts a struct of one floating-point number into a floating-point
     * register even if all eight are spent. The ninth is the place of an integer register in
     * memory, so one of the two has the other's value.
     */
    private static Optional<String> ofPlaces(List<MemoryLayout> arguments) {
        if (!FALLBACK || !ARCHITECTURE.equals("loongarch64")) {
            return Optional.empty();
        }
        int spent = 0;
        for (MemoryLayout argument : arguments) {
            List<ValueLayout> values = values(argument);
            int needed = (int) values.stream().filter(JdkFaults::isFloatingPoint).count();
            if (argument instanceof GroupLayout && values.size() == 1 && needed == 1 && spent >= 8) {
                return Optional
                        .of("libffi on LoongArch puts a struct of one floating-point number in a ninth register");
            }
            // More than two are not in registers of their own.
            spent += values.size() <= 2 ? needed : 0;
        }
        return Optional.empty();
    }

    /**
     * Which fault a function meets whose callback is a stub of the JDK; not a closure, because
     * there an entry calls the gate.
     */
    static Optional<String> ofItsOwnStubs(FunctionDescriptor function) {
        return switch (ARCHITECTURE) {
            // Optimising compilers use r11 for anything, and a downcall has the stack pointer of
            // its caller there.
            case "s390x" -> hasStackArguments(function)
                    ? Optional.of("JDK 25 on s390x reads stack arguments at 160(r11), though r11 may be anything")
                    : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean isOneNumberInSomethingElse(MemoryLayout layout) {
        List<ValueLayout> values = values(layout);
        return values.size() == 1 && isFloatingPoint(values.getFirst())
                && contains(layout, part -> part instanceof UnionLayout || part instanceof SequenceLayout
                        || part instanceof PaddingLayout || part.byteSize() == 0);
    }

    private static boolean hasStackArguments(FunctionDescriptor function) {
        return Ports.thisJvm().orElseThrow().classify(function).stackSize() > 0;
    }

    private static Optional<String> of(MemoryLayout layout) {
        return switch (ARCHITECTURE) {
            case "riscv64" -> ofRiscV(layout);
            case "aarch64",
                    "ppc64le" ->
                layout.byteSize() > 0 && values(layout).stream().allMatch(JdkFaults::isFloatingPoint)
                        && contains(layout, JdkFaults::isUnionOrArrayOfGroupsOrEmptyArray)
                                ? Optional.of("JDK 25 miscounts the members of floating-point aggregates with"
                                        + " unions, with arrays of structs or with arrays without elements,"
                                        + " and then may read beyond them")
                                : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * A struct of one or two numbers that are not both integers has a register for each; faults are
     * in how its members are found.
     */
    private static Optional<String> ofRiscV(MemoryLayout layout) {
        List<ValueLayout> values = values(layout);
        if (!(layout instanceof StructLayout) || values.size() > 2
                || values.stream().noneMatch(JdkFaults::isFloatingPoint)) {
            return Optional.empty();
        }
        if (contains(layout, UnionLayout.class::isInstance)) {
            return Optional.of("JDK 25 on RISC-V takes apart structs with unions, which C passes as a whole");
        }
        return optional(values.stream().anyMatch(value -> value.carrier() == boolean.class),
                "JDK 25 on RISC-V fails to link structs of a floating-point number and a boolean:"
                        + " \"Unexpected chunk size for chunked write: 0\"");
    }

    private static boolean isEmptyGroup(MemoryLayout layout) {
        return layout instanceof GroupLayout && layout.byteSize() == 0;
    }

    private static boolean isFloatingPoint(ValueLayout layout) {
        return layout.carrier() == float.class || layout.carrier() == double.class;
    }

    private static boolean isUnionOrArrayOfGroupsOrEmptyArray(MemoryLayout layout) {
        return switch (layout) {
            case UnionLayout _ -> true;
            case SequenceLayout array ->
                array.elementCount() == 0 || contains(array.elementLayout(), GroupLayout.class::isInstance);
            default -> false;
        };
    }

    /** All values in a layout, however deep; those of a union's members one after the other. */
    private static List<ValueLayout> values(MemoryLayout layout) {
        return switch (layout) {
            case ValueLayout value -> List.of(value);
            case GroupLayout group ->
                group.memberLayouts().stream().flatMap(member -> values(member).stream()).toList();
            case SequenceLayout array -> Collections.nCopies((int) array.elementCount(), values(array.elementLayout()))
                    .stream().flatMap(List::stream).toList();
            default -> List.of();
        };
    }

    /** Whether a layout or what is in it, however deep, is like this. */
    private static boolean contains(MemoryLayout layout, Predicate<MemoryLayout> kind) {
        return kind.test(layout) || switch (layout) {
            case GroupLayout group -> group.memberLayouts().stream().anyMatch(member -> contains(member, kind));
            case SequenceLayout array -> contains(array.elementLayout(), kind);
            default -> false;
        };
    }
}
