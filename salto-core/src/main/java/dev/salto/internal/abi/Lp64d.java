// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The calling convention that RISC-V and LoongArch share, under this name and with the same
 * registers by number. Section names are those of the RISC-V ELF psABI 1.0, "Procedure Calling
 * Convention".
 */
abstract class Lp64d implements Port {
    /** a0 to a7; for results a0, a1. */
    private static final int INTEGER_ARGUMENTS = 8;

    /** fa0 to fa7; for results fa0, fa1. */
    private static final int VECTOR_ARGUMENTS = 8;

    private static final long WORD = 8;

    /** A larger value is copied to memory, and its address passed. */
    private static final long LARGEST_IN_REGISTERS = 2 * WORD;

    /** A struct of more members has no registers for each of them. */
    private static final int MOST_MEMBERS = 2;

    /** Vectors are not among them: compilers treat them in more than one way. */
    private static final Set<ExtendedType> KNOWN_TYPES = Collections
            .unmodifiableSet(EnumSet.of(ExtendedType.QUAD, ExtendedType.INT128, ExtendedType.COMPLEX));

    @Override
    public Set<ExtendedType> extendedTypes() {
        return KNOWN_TYPES;
    }

    /** "Integer Calling Convention": to 32 bits as its type says, and from there by the sign. */
    @Override
    public boolean extendsUnsignedIntsBySign() {
        return true;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return classifyVariadic(function, function.argumentLayouts().size());
    }

    @Override
    public CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        Registers registers = new Registers();
        CallSequence.Result result = function.returnLayout()
                .map(layout -> placeResult(layout, registers))
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            arguments.add(arguments.size() < fixed ? registers.place(layout) : registers.placeVariadic(layout));
        }
        return new CallSequence(arguments, result, registers.stackSize);
    }

    /**
     * A result is where a first argument of its type would be. If that is memory, its address is
     * passed before all arguments.
     */
    private static CallSequence.Result placeResult(MemoryLayout layout, Registers arguments) {
        if (isByReference(layout)) {
            return new CallSequence.Result.InMemory(arguments.integerOrStack());
        }
        List<Piece> pieces = new Registers().place(layout);
        return pieces.isEmpty() ? new CallSequence.Result.None() : new CallSequence.Result.InRegisters(pieces);
    }

    private static boolean isByReference(MemoryLayout layout) {
        return layout.byteSize() > LARGEST_IN_REGISTERS && membersOnTheirOwn(layout).isEmpty();
    }

    /**
     * "Hardware Floating-point Calling Convention": the members of a value that has a register for
     * each. Such a value is one floating-point number, two of them, or one and an integer, at any
     * depth of structs and arrays. It has no unions, and no member that is wider than a register.
     * The list is empty for other values. GCC, clang and the JDK's linkers do not treat a pointer
     * as an integer here.
     */
    private static List<Field> membersOnTheirOwn(MemoryLayout layout) {
        return hasUnion(layout) ? List.of() : fewFields(layout);
    }

    private static List<Field> fewFields(MemoryLayout layout) {
        List<Field> fields = Field.of(layout);
        boolean fit = fields.size() <= MOST_MEMBERS && fields.stream().anyMatch(Field::isFloatingPoint)
                && fields.stream()
                        .noneMatch(field -> field.layout() instanceof AddressLayout || field.size() > WORD);
        return fit ? fields : List.of();
    }

    /** Whether only a union prevents that each member of a struct has a register of its own. */
    static boolean isWholeBecauseOfUnions(MemoryLayout layout) {
        return layout instanceof StructLayout && hasUnion(layout) && !fewFields(layout).isEmpty();
    }

    /** Whether one of two members with registers of their own is a boolean. */
    static boolean hasBooleanOnItsOwn(MemoryLayout layout) {
        return layout instanceof GroupLayout && membersOnTheirOwn(layout).stream()
                .anyMatch(member -> member.layout() instanceof ValueLayout.OfBoolean);
    }

    private static boolean hasUnion(MemoryLayout layout) {
        return layout.byteSize() > 0 && switch (layout) {
            case UnionLayout _ -> true;
            case GroupLayout group -> group.memberLayouts().stream().anyMatch(Lp64d::hasUnion);
            case SequenceLayout sequence -> hasUnion(sequence.elementLayout());
            default -> false;
        };
    }

    /** Hands out registers, and the stack when they are spent. */
    private static final class Registers {
        private int integers;
        private int vectors;
        private long stackSize;

        List<Piece> place(MemoryLayout layout) {
            List<Field> members = membersOnTheirOwn(layout);
            int vectorsNeeded = (int) members.stream().filter(Field::isFloatingPoint).count();
            int integersNeeded = members.size() - vectorsNeeded;
            if (!members.isEmpty() && vectors + vectorsNeeded <= VECTOR_ARGUMENTS
                    && integers + integersNeeded <= INTEGER_ARGUMENTS) {
                return members.stream().map(this::inOwnRegister).toList();
            }
            return placeByIntegerConvention(layout);
        }

        /**
         * "Integer Calling Convention": a variadic argument travels like an integer. If it has the
         * size and alignment of two words, it begins in an even register.
         */
        List<Piece> placeVariadic(MemoryLayout layout) {
            if (layout.byteSize() == 2 * WORD && layout.byteAlignment() == 2 * WORD) {
                integers += integers % 2;
            }
            return placeByIntegerConvention(layout);
        }

        /** The size decides, not the type. */
        private List<Piece> placeByIntegerConvention(MemoryLayout layout) {
            return layout.byteSize() > LARGEST_IN_REGISTERS
                    ? List.of(new Piece(0, layout.byteSize(), new Storage.Reference(integerOrStack())))
                    : inWords(layout);
        }

        private Piece inOwnRegister(Field member) {
            return new Piece(member.offset(), member.size(), member.isFloatingPoint()
                    ? new Storage.VectorRegister(vectors++)
                    : new Storage.IntegerRegister(integers++));
        }

        /**
         * "Integer Calling Convention": word by word, the last on the stack if only one register is
         * left. Only variadic arguments with a larger alignment begin in an even register.
         */
        private List<Piece> inWords(MemoryLayout layout) {
            if (integers == INTEGER_ARGUMENTS && layout.byteSize() > 0) {
                return List.of(new Piece(0, layout.byteSize(), onStack(layout.byteSize(), layout.byteAlignment())));
            }
            List<Piece> pieces = new ArrayList<>();
            for (long offset = 0; offset < layout.byteSize(); offset += WORD) {
                pieces.add(new Piece(offset, Math.min(WORD, layout.byteSize() - offset), integerOrStack()));
            }
            return pieces;
        }

        private Storage integerOrStack() {
            return integers < INTEGER_ARGUMENTS ? new Storage.IntegerRegister(integers++) : onStack(WORD, WORD);
        }

        /**
         * A stacked argument begins at a multiple of its alignment, but at least of a word's, and
         * at most of the stack's.
         */
        private Storage onStack(long size, long alignment) {
            long multiple = Math.clamp(alignment, WORD, 2 * WORD);
            long offset = Math.ceilDiv(stackSize, multiple) * multiple;
            stackSize = offset + Math.ceilDiv(size, WORD) * WORD;
            return new Storage.Stack(offset);
        }
    }
}
