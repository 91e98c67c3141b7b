// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Linux on AArch64. Section names are those of the Procedure Call Standard for the Arm 64-bit
 * Architecture (AAPCS64) 2024Q3.
 */
final class Aapcs64 implements Port {
    /** x0 to x7; x8, behind them, is where a result in memory is (6.5). */
    private static final int INTEGER_ARGUMENTS = 8;

    private static final int RESULT_POINTER = INTEGER_ARGUMENTS;

    /** v0 to v7. */
    private static final int VECTOR_ARGUMENTS = 8;

    private static final long WORD = 8;

    /**
     * A larger composite is copied to memory, and its address passed (6.8.2, B.4), unless it is a
     * homogeneous aggregate.
     */
    private static final long LARGEST_IN_REGISTERS = 2 * WORD;

    /** A homogeneous aggregate has one to four members (5.9.5.1). */
    private static final int MOST_MEMBERS = 4;

    private static final Set<ExtendedType> KNOWN_TYPES = EnumSet.of(ExtendedType.HALF, ExtendedType.QUAD,
            ExtendedType.INT128, ExtendedType.VECTOR);

    @Override
    public String architecture() {
        return "aarch64";
    }

    @Override
    public String abi() {
        return "AAPCS64";
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return KNOWN_TYPES;
    }

    /** On Linux, variadic functions are no exception (6.8.1). */
    @Override
    public CallSequence classify(FunctionDescriptor function) {
        Registers registers = new Registers();
        List<List<Piece>> arguments = function.argumentLayouts().stream().map(registers::place).toList();
        return new CallSequence(arguments,
                function.returnLayout().map(Aapcs64::placeResult).orElseGet(CallSequence.Result.None::new),
                registers.stackSize);
    }

    /**
     * 6.9: a result is where a first argument of its type would be, or in memory whose address is
     * in x8.
     */
    private static CallSequence.Result placeResult(MemoryLayout layout) {
        if (isCopied(layout)) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(RESULT_POINTER));
        }
        List<Piece> pieces = new Registers().place(layout);
        return pieces.isEmpty() ? new CallSequence.Result.None() : new CallSequence.Result.InRegisters(pieces);
    }

    private static boolean isCopied(MemoryLayout layout) {
        return layout instanceof GroupLayout && layout.byteSize() > LARGEST_IN_REGISTERS
                && VectorCandidate.memberSize(layout) == 0;
    }

    @Override
    public void requireLinkable(FunctionDescriptor function) {
        Port.super.requireLinkable(function);
        LinkerFaults.refuseMiscounted(function, Aapcs64::mayBeTakenForHomogeneous);
    }

    private static boolean mayBeTakenForHomogeneous(MemoryLayout layout) {
        return Field.onlyFloatingPoint(layout)
                .filter(member -> layout.byteSize() <= MOST_MEMBERS * member.size()
                        && layout.byteSize() % member.size() == 0)
                .isPresent();
    }

    /** 6.8.2, stages A to C: hands out registers, and the stack when they are spent. */
    private static final class Registers {
        private int integers;
        private int vectors;
        private long stackSize;

        List<Piece> place(MemoryLayout layout) {
            if (layout.byteSize() == 0) {
                return List.of();
            }
            if (isCopied(layout)) {
                return List.of(new Piece(0, layout.byteSize(), new Storage.Reference(integerOrStack())));
            }
            long member = VectorCandidate.memberSize(layout);
            return member > 0 ? placeVectors(layout, member) : placeIntegers(layout);
        }

        /** C.9, C.15, C.16: one word. */
        private Storage integerOrStack() {
            if (integers < INTEGER_ARGUMENTS) {
                return new Storage.IntegerRegister(integers++);
            }
            return onStack(WORD, WORD);
        }

        /**
         * C.1 to C.6: each member is in a register of its own, or all are on the stack. Then later
         * arguments have no registers.
         */
        private List<Piece> placeVectors(MemoryLayout layout, long member) {
            int needed = (int) (layout.byteSize() / member);
            if (vectors + needed > VECTOR_ARGUMENTS) {
                vectors = VECTOR_ARGUMENTS;
                return List.of(new Piece(0, layout.byteSize(), onStack(layout)));
            }
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < needed; i++) {
                pieces.add(new Piece(i * member, member, new Storage.VectorRegister(vectors++)));
            }
            return pieces;
        }

        /**
         * C.9 to C.17: whole words, all in registers or all on the stack. They begin in an even
         * register if they are aligned to 16.
         */
        private List<Piece> placeIntegers(MemoryLayout layout) {
            if (VectorCandidate.naturalAlignment(layout) >= 2 * WORD) {
                integers = Math.min(integers + integers % 2, INTEGER_ARGUMENTS);
            }
            int needed = (int) Math.ceilDiv(layout.byteSize(), WORD);
            if (integers + needed > INTEGER_ARGUMENTS) {
                integers = INTEGER_ARGUMENTS;
                return List.of(new Piece(0, layout.byteSize(), onStack(layout)));
            }
            List<Piece> pieces = new ArrayList<>();
            for (long offset = 0; offset < layout.byteSize(); offset += WORD) {
                pieces.add(new Piece(offset, Math.min(WORD, layout.byteSize() - offset),
                        new Storage.IntegerRegister(integers++)));
            }
            return pieces;
        }

        private Storage onStack(MemoryLayout layout) {
            return onStack(layout.byteSize(), VectorCandidate.naturalAlignment(layout));
        }

        /**
         * C.14, C.16: the next stacked argument begins at a multiple of 8, or of 16 if it is so
         * aligned.
         */
        private Storage onStack(long size, long alignment) {
            long multiple = Math.clamp(alignment, WORD, 2 * WORD);
            long offset = Math.ceilDiv(stackSize, multiple) * multiple;
            stackSize = offset + Math.ceilDiv(size, WORD) * WORD;
            return new Storage.Stack(offset);
        }
    }
}
