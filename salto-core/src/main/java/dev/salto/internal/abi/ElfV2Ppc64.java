// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Linux on little-endian 64-bit PowerPC. Section names are those of the 64-Bit ELF V2 ABI
 * Specification, Power Architecture (ELFv2) 1.5, chapter 2.
 *
 * <p>All arguments together are one row of doublewords, the parameter save area; its first eight
 * are in r3 to r10 instead. A place on the stack is a distance from the beginning of that area, so
 * 64 at least.
 */
final class ElfV2Ppc64 implements Port {
    /** r3 to r10. */
    private static final int INTEGER_ARGUMENTS = 8;

    /** f1 to f13. */
    private static final int VECTOR_ARGUMENTS = 13;

    /** v2 to v13. */
    private static final int QUAD_ARGUMENTS = 12;

    private static final long DOUBLEWORD = 8;

    /** Return Values: a larger aggregate is returned in memory, unless it is homogeneous. */
    private static final long LARGEST_RESULT_IN_REGISTERS = 2 * DOUBLEWORD;

    /**
     * Parameter Passing in Registers: the members of a homogeneous aggregate are in one to eight
     * registers.
     */
    private static final int MOST_REGISTERS = 8;

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

    /**
     * Parameter Passing in Registers: a single-precision number is in a register in
     * double-precision format.
     */
    @Override
    public boolean widensFloats() {
        return true;
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return EnumSet.of(ExtendedType.QUAD, ExtendedType.DOUBLE_DOUBLE, ExtendedType.INT128, ExtendedType.COMPLEX);
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return classifyVariadic(function, function.argumentLayouts().size());
    }

    @Override
    public CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        ParameterSaveArea area = new ParameterSaveArea();
        CallSequence.Result result = function.returnLayout()
                .map(layout -> placeResult(layout, area))
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            arguments.add(area.place(layout, arguments.size() < fixed));
        }
        return new CallSequence(arguments, result, area.stackSize);
    }

    /**
     * Return Values: as a first argument of its type, or in memory whose address is passed before
     * all arguments.
     */
    private static CallSequence.Result placeResult(MemoryLayout layout, ParameterSaveArea arguments) {
        if (layout instanceof GroupLayout && layout.byteSize() > LARGEST_RESULT_IN_REGISTERS
                && homogeneous(layout).isEmpty()) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(arguments.doublewords++));
        }
        List<Piece> pieces = new ParameterSaveArea().place(layout, homogeneous(layout), true);
        return pieces.isEmpty() ? new CallSequence.Result.None() : new CallSequence.Result.InRegisters(pieces);
    }

    /**
     * The type of all members of a homogeneous floating-point aggregate: there is nothing else in
     * it, and not too many of them. To compilers, an array without elements is something else.
     */
    private static Optional<Field> homogeneous(MemoryLayout layout) {
        return Field.hasEmptyArray(layout) ? Optional.empty() : homogeneousToTheJdk(layout);
    }

    /**
     * The same for an argument. Compilers pass an aggregate of one number like the number, even if
     * it has arrays without elements. They do not return it like the number.
     */
    private static Optional<Field> homogeneousArgument(MemoryLayout layout) {
        return homogeneous(layout)
                .or(() -> homogeneousToTheJdk(layout).filter(member -> member.size() == layout.byteSize()));
    }

    private static Optional<Field> homogeneousToTheJdk(MemoryLayout layout) {
        List<Field> fields = layout instanceof GroupLayout ? Field.of(layout) : List.of();
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        Field member = fields.getFirst();
        if (registersOf(member) == 0 || fields.stream().anyMatch(field -> !field.layout().equals(member.layout()))) {
            return Optional.empty();
        }
        long members = fields.stream().mapToLong(Field::offset).distinct().count();
        return Optional.of(member).filter(
                _ -> members * registersOf(member) <= MOST_REGISTERS && members * member.size() == layout.byteSize());
    }

    /** The number of registers for a floating-point number; 0 for other types. */
    private static int registersOf(Field field) {
        if (field.isFloatingPoint()) {
            return 1;
        }
        ExtendedType type = ExtendedType.of(field.layout());
        if (type == ExtendedType.DOUBLE_DOUBLE) {
            return 2;
        }
        return type == ExtendedType.QUAD ? 1 : 0;
    }

    @Override
    public void requireLinkable(FunctionDescriptor function) {
        Port.super.requireLinkable(function);
        LinkerFaults.refuseMiscounted(function, layout -> homogeneousToTheJdk(layout).isPresent());
        List<List<Piece>> arguments = classify(function).arguments();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).stream().anyMatch(ElfV2Ppc64::isSecondHalfOnStack)) {
                throw LinkerFaults.refusal(function.argumentLayouts().get(i),
                        "looks on the stack for a float that is in the last register");
            }
        }
    }

    private static boolean isSecondHalfOnStack(Piece piece) {
        return piece.storage() instanceof Storage.Stack && piece.offset() % DOUBLEWORD != 0;
    }

    /**
     * Parameter Passing in Registers: hands out doublewords, and registers for floating-point
     * numbers beside them.
     */
    private static final class ParameterSaveArea {
        private int doublewords;
        private int vectors;
        private int quads;
        private long stackSize;

        /**
         * @param isDeclared whether it is a declared argument; variadic arguments travel like
         *     integers
         */
        List<Piece> place(MemoryLayout layout, boolean isDeclared) {
            return place(layout, homogeneousArgument(layout), isDeclared);
        }

        /** The same for an aggregate whose members are of one type, if {@code member} is there. */
        List<Piece> place(MemoryLayout layout, Optional<Field> member, boolean isDeclared) {
            ExtendedType type = ExtendedType.of(layout);
            if (type == ExtendedType.COMPLEX) {
                return placeParts(ExtendedType.part(layout), isDeclared);
            }
            if (Field.isFloatingPoint(layout)) {
                return place(layout, isDeclared ? layout.byteSize() : 0);
            }
            long size = member.isPresent() ? member.get().size() / registersOf(member.get()) : 0;
            boolean isAligned = member.isPresent()
                    ? size > DOUBLEWORD
                    : type == null && layout instanceof GroupLayout && layout.byteAlignment() >= 2 * DOUBLEWORD;
            if (isAligned) {
                doublewords += doublewords % 2;
            }
            return place(layout, isDeclared ? size : 0);
        }

        /** Parameter Passing in Registers: a complex number is passed like two arguments. */
        private List<Piece> placeParts(MemoryLayout part, boolean isDeclared) {
            List<Piece> pieces = new ArrayList<>(place(part, isDeclared));
            for (Piece piece : place(part, isDeclared)) {
                pieces.add(new Piece(part.byteSize() + piece.offset(), piece.size(), piece.storage()));
            }
            return pieces;
        }

        /**
         * Places a value in whole doublewords.
         *
         * @param member the size of each floating-point number in it; 0 if it does not travel in
         *     floating-point registers
         */
        private List<Piece> place(MemoryLayout layout, long member) {
            long size = layout.byteSize();
            int first = doublewords;
            doublewords += (int) Math.ceilDiv(size, DOUBLEWORD);
            List<Piece> pieces = new ArrayList<>();
            long offset = 0;
            while (member != 0 && offset < size && hasRegister(member)) {
                pieces.add(new Piece(offset, member, nextRegister(member)));
                offset += member;
            }
            if (offset == size) {
                return pieces;
            }
            int next = first + (int) (offset / DOUBLEWORD);
            // In an integer register a doubleword travels as a whole, even if its first half is in
            // the last floating-point register, too. On the stack that half is undefined: clang
            // does not store it.
            if (next < INTEGER_ARGUMENTS) {
                offset -= offset % DOUBLEWORD;
            }
            while (offset < size && next < INTEGER_ARGUMENTS) {
                pieces.add(new Piece(offset, Math.min(DOUBLEWORD, size - offset), new Storage.IntegerRegister(next++)));
                offset += DOUBLEWORD;
            }
            if (offset < size) {
                pieces.add(new Piece(offset, size - offset,
                        new Storage.Stack(next * DOUBLEWORD + offset % DOUBLEWORD)));
                stackSize = doublewords * DOUBLEWORD;
            }
            return pieces;
        }

        private boolean hasRegister(long size) {
            return size > DOUBLEWORD ? quads < QUAD_ARGUMENTS : vectors < VECTOR_ARGUMENTS;
        }

        private Storage nextRegister(long size) {
            return size > DOUBLEWORD ? new Storage.QuadRegister(quads++) : new Storage.VectorRegister(vectors++);
        }
    }

    /**
     * A trampoline finds its block by r12, the function pointer. This address dependency orders
     * loads.
     */
    @Override
    public boolean needsBarrier() {
        return false;
    }
}
