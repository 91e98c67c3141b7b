// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a port puts arguments and results, written as {@code offset+size:place}, with a {@code *}
 * before the place of an address.
 *
 * @param port the port
 * @param integerRegister the name of an integer register by its number
 * @param vectorRegister the name of a register for floating-point numbers by its number
 */
record Places(Port port, IntFunction<String> integerRegister, IntFunction<String> vectorRegister) {
    static final MemoryLayout INT128 = ExtendedType.INT128.layout(JAVA_BYTE, 16, 16);
    static final MemoryLayout QUAD = ExtendedType.QUAD.layout(JAVA_BYTE, 16, 16);
    static final MemoryLayout DOUBLE_DOUBLE = ExtendedType.DOUBLE_DOUBLE.layout(JAVA_BYTE, 16, 16);
    static final MemoryLayout COMPLEX_FLOAT = complex(JAVA_FLOAT);
    static final MemoryLayout COMPLEX_DOUBLE = complex(JAVA_DOUBLE);
    static final MemoryLayout VECTOR = ExtendedType.VECTOR.layout(JAVA_FLOAT, 4, 16);

    static MemoryLayout complex(MemoryLayout part) {
        return ExtendedType.COMPLEX.layout(part, 2, part.byteAlignment());
    }

    /**
     * Checks that a calling convention refuses functions with a layout, by a message that has
     * certain words, and the remedy.
     */
    static void requireRefused(Convention convention, MemoryLayout unknown, String... words) {
        for (FunctionDescriptor function : List.of(FunctionDescriptor.of(unknown),
                FunctionDescriptor.ofVoid(JAVA_INT, unknown))) {
            for (int fixed : new int[]{Convention.NO_DOTS, function.argumentLayouts().size()}) {
                assertThatThrownBy(() -> convention.classify(function, fixed))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll(words).hasMessageContainingAll(unknown.toString(), "pass a pointer");
            }
        }
    }

    String arguments(MemoryLayout... layouts) {
        return arguments(port.classify(FunctionDescriptor.ofVoid(layouts)));
    }

    String arguments(CallSequence call) {
        return call.arguments().stream().map(this::show).collect(Collectors.joining(" | "));
    }

    /** The same for a call of a function with three dots. */
    String variadicArguments(int fixed, MemoryLayout... layouts) {
        return port.classifyVariadic(FunctionDescriptor.ofVoid(layouts), fixed).arguments().stream()
                .map(this::show)
                .collect(Collectors.joining(" | "));
    }

    String result(MemoryLayout layout) {
        return show(port.classify(FunctionDescriptor.of(layout)).result());
    }

    String result(CallSequence call) {
        return show(call.result());
    }

    String show(CallSequence.Result result) {
        return switch (result) {
            case CallSequence.Result.None() -> "none";
            case CallSequence.Result.InRegisters(List<Piece> pieces) -> show(pieces);
            case CallSequence.Result.InMemory(Storage pointer) -> "memory at " + show(pointer);
        };
    }

    String show(List<Piece> pieces) {
        return pieces.stream()
                .map(piece -> piece.offset() + "+" + piece.size() + ":" + show(piece.storage()))
                .collect(Collectors.joining(" "));
    }

    private String show(Storage storage) {
        return switch (storage) {
            case Storage.IntegerRegister(int number) -> integerRegister.apply(number);
            case Storage.VectorRegister(int number) -> vectorRegister.apply(number);
            case Storage.QuadRegister(int number) -> "quad" + number;
            case Storage.X87Register(int number) -> "st" + number;
            case Storage.Stack(long offset) -> "stack" + offset;
            case Storage.Reference(Storage pointer) -> "*" + show(pointer);
        };
    }

    /** A layout some times, and others behind. */
    static MemoryLayout[] times(int count, MemoryLayout layout, MemoryLayout... others) {
        return Stream.concat(Collections.nCopies(count, layout).stream(), Stream.of(others))
                .toArray(MemoryLayout[]::new);
    }

    /** Some layouts, and others behind. */
    static MemoryLayout[] join(MemoryLayout[] first, MemoryLayout... others) {
        return Stream.concat(Stream.of(first), Stream.of(others)).toArray(MemoryLayout[]::new);
    }
}
