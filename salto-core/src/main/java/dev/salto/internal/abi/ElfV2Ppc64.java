// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Linux on little-endian 64-bit PowerPC. Section names are those of the 64-Bit ELF V2 ABI Specification, Power Architecture (ELFv2) 1.5,
 * chapter 2.
 *
 * <p>All arguments together are one row of doublewords, the parameter save area; its first eight are in r3 to r10 instead.
 * A place on the stack is a distance from the beginning of that area, so 64 at least.
 */
final class ElfV2Ppc64 implements Port {
    /** r3 to r10. */
    private static final int INTEGER_ARGUMENTS = 8;

    /** f1 to f13. */
    private static final int VECTOR_ARGUMENTS = 13;

    private static final long DOUBLEWORD = 8;

    /** Return Values: a larger aggregate is returned in memory, unless it is homogeneous. */
    private static final long LARGEST_RESULT_IN_REGISTERS = 2 * DOUBLEWORD;

    /** Parameter Passing in Registers: a homogeneous aggregate has one to eight members. */
    private static final int MOST_MEMBERS = 8;

    @Override
    public String architecture() {
        return "ppc64le";
    }

    @Override
    public String abi() {
        return "ELFv2";
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.DOUBLE_DOUBLE;
    }

    /** Parameter Passing in Registers: a single-precision number is in a register in double-precision format. */
    @Override
    public boolean widensFloats() {
        return true;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        ParameterSaveArea area = new ParameterSaveArea();
        CallSequence.Result result = function.returnLayout()
                .map(layout -> placeResult(layout, area))
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = function.argumentLayouts().stream().map(area::place).toList();
        return new CallSequence(arguments, result, area.stackSize);
    }

    /** Return Values: as a first argument of its type, or in memory whose address is passed before all arguments. */
    private static CallSequence.Result placeResult(MemoryLayout layout, ParameterSaveArea arguments) {
        if (layout instanceof GroupLayout && layout.byteSize() > LARGEST_RESULT_IN_REGISTERS
                && homogeneous(layout).isEmpty()) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(arguments.doublewords++));
        }
        List<Piece> pieces = new ParameterSaveArea().place(layout);
        return pieces.isEmpty() ? new CallSequence.Result.None() : new CallSequence.Result.InRegisters(pieces);
    }

    /** The type of all members of a homogeneous floating-point aggregate: there is nothing else in it, and not too many of them. */
    private static Optional<Field> homogeneous(MemoryLayout layout) {
        return Field.onlyFloatingPoint(layout).filter(member -> {
            long members = Field.of(layout).stream().mapToLong(Field::offset).distinct().count();
            return members <= MOST_MEMBERS && members * member.size() == layout.byteSize();
        });
    }

    @Override
    public void requireLinkable(FunctionDescriptor function) {
        LinkerFaults.refuseMiscounted(function, layout -> homogeneous(layout).isPresent());
    }

    /** Parameter Passing in Registers: hands out doublewords, and registers for floating-point numbers beside them. */
    private static final class ParameterSaveArea {
        private int doublewords;
        private int vectors;
        private long stackSize;

        List<Piece> place(MemoryLayout layout) {
            Optional<Field> member = homogeneous(layout);
            if (member.isPresent()) {
                return place(layout, member.get().size());
            }
            if (Field.isFloatingPoint(layout)) {
                return place(layout, layout.byteSize());
            }
            if (layout instanceof GroupLayout && layout.byteAlignment() >= 2 * DOUBLEWORD) {
                doublewords += doublewords % 2;
            }
            return place(layout, 0);
        }

        /**
         * Places a value in whole doublewords.
         *
         * @param member the size of each of the floating-point numbers that it consists of; 0 if it does not
         */
        private List<Piece> place(MemoryLayout layout, long member) {
            long size = layout.byteSize();
            int first = doublewords;
            doublewords += (int) Math.ceilDiv(size, DOUBLEWORD);
            List<Piece> pieces = new ArrayList<>();
            long offset = 0;
            while (member != 0 && offset < size && vectors < VECTOR_ARGUMENTS) {
                pieces.add(new Piece(offset, member, new Storage.VectorRegister(vectors++)));
                offset += member;
            }
            if (offset == size) {
                return pieces;
            }
            // A doubleword travels as a whole, even if its first half is in the last register for floating-point numbers, too.
            offset -= offset % DOUBLEWORD;
            int next = first + (int) (offset / DOUBLEWORD);
            while (offset < size && next < INTEGER_ARGUMENTS) {
                pieces.add(new Piece(offset, Math.min(DOUBLEWORD, size - offset), new Storage.IntegerRegister(next++)));
                offset += DOUBLEWORD;
            }
            if (offset < size) {
                pieces.add(new Piece(offset, size - offset, new Storage.Stack(next * DOUBLEWORD)));
                stackSize = doublewords * DOUBLEWORD;
            }
            return pieces;
        }
    }
}
