// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Linux on s390x. Section names are those of the "s390x ELF Application Binary Interface
 * Supplement" 1.6.1.
 *
 * <p>The place of an argument on the stack is its slot, a word. A shorter argument is at the slot's
 * end.
 */
final class S390x implements Port {
    /** r2 to r6. */
    private static final int INTEGER_ARGUMENTS = 5;

    /** f0, f2, f4 and f6. */
    private static final int FLOATING_POINT_ARGUMENTS = 4;

    private static final long WORD = 8;

    /**
     * "Parameter Passing": structs and unions of other sizes are copied to memory, and their
     * address is passed.
     */
    private static final Set<Long> SIZES_IN_REGISTERS = Set.of(1L, 2L, 4L, 8L);

    @Override
    public String architecture() {
        return "s390x";
    }

    @Override
    public String abi() {
        return "s390x ELF ABI";
    }

    /**
     * A callee has to preserve r6, although it is an argument register. The entries have the other
     * reason, a fault of the JDK's stubs.
     */
    @Override
    public boolean callsFromFrame() {
        return true;
    }

    /** As results, these are in memory like all structs. */
    @Override
    public void requireLinkable(FunctionDescriptor function) {
        LinkerFaults.refuse(function.dropReturnLayout(), LinkerFaults::isEmpty, "takes something empty for an int");
        LinkerFaults.refuse(function.dropReturnLayout(),
                layout -> layout instanceof GroupLayout group && SIZES_IN_REGISTERS.contains(layout.byteSize())
                        && isLikeFloatingPoint(group) != isLikeFloatingPointToTheJdk(group),
                "takes other structs and unions for the one floating-point number in them than C does");
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.QUAD_ALIGNED_TO_8;
    }

    /**
     * Vectors are not among them: the compiler's processor options decide whether they have
     * registers.
     */
    @Override
    public Set<ExtendedType> extendedTypes() {
        return EnumSet.of(ExtendedType.QUAD, ExtendedType.INT128, ExtendedType.COMPLEX);
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        Registers registers = new Registers();
        CallSequence.Result result = function.returnLayout().map(registers::placeResult)
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = function.argumentLayouts().stream()
                .map(layout -> List.of(registers.place(layout)))
                .toList();
        return new CallSequence(arguments, result, registers.stackSize);
    }

    /**
     * "Parameter Passing": a struct whose only member is a {@code float}, a {@code double} or such
     * a struct is passed as that number. Compilers do so, but not with unions, nor with arrays of
     * one. They ignore padding behind the member.
     */
    private static boolean isLikeFloatingPoint(MemoryLayout layout) {
        if (!(layout instanceof StructLayout struct)) {
            return Field.isFloatingPoint(layout);
        }
        List<MemoryLayout> members = struct.memberLayouts().stream().filter(m -> !(m instanceof PaddingLayout))
                .toList();
        return members.size() == 1 && isLikeFloatingPoint(members.getFirst());
    }

    /**
     * The JDK's linker also treats unions and arrays of one like the number in them, and counts
     * padding as a member.
     */
    private static boolean isLikeFloatingPointToTheJdk(GroupLayout layout) {
        List<MemoryLayout> members = membersToTheJdk(layout).limit(2).toList();
        return members.size() == 1 && Field.isFloatingPoint(members.getFirst());
    }

    private static Stream<MemoryLayout> membersToTheJdk(GroupLayout layout) {
        return layout.memberLayouts().stream().flatMap(member -> switch (member) {
            case GroupLayout group -> membersToTheJdk(group);
            case SequenceLayout array -> Stream.generate(array::elementLayout).limit(array.elementCount());
            default -> Stream.of(member);
        });
    }

    /** "Parameter Passing": hands out registers, and the stack when they are spent. */
    private static final class Registers {
        private int integers;
        private int floatingPoint;
        private long stackSize;

        /**
         * "Return Values": any struct or union is in memory, whose address is a first argument.
         * Comes before the arguments.
         */
        CallSequence.Result placeResult(MemoryLayout layout) {
            if (layout instanceof GroupLayout) {
                return new CallSequence.Result.InMemory(integerOrStack());
            }
            return new CallSequence.Result.InRegisters(List.of(new Registers().place(layout)));
        }

        Piece place(MemoryLayout layout) {
            long size = layout.byteSize();
            if (layout instanceof GroupLayout group) {
                // "Parameter Passing": so are long double, and complex numbers whatever their size.
                if (ExtendedType.of(group) != null || !SIZES_IN_REGISTERS.contains(size)) {
                    return new Piece(0, size, new Storage.Reference(integerOrStack()));
                }
                boolean isNumber = size >= Float.BYTES && isLikeFloatingPoint(group);
                return new Piece(0, size, isNumber ? floatingPointOrStack() : integerOrStack());
            }
            return new Piece(0, size, Field.isFloatingPoint(layout) ? floatingPointOrStack() : integerOrStack());
        }

        private Storage integerOrStack() {
            return integers < INTEGER_ARGUMENTS ? new Storage.IntegerRegister(integers++) : onStack();
        }

        private Storage floatingPointOrStack() {
            return floatingPoint < FLOATING_POINT_ARGUMENTS ? new Storage.VectorRegister(floatingPoint++) : onStack();
        }

        private Storage onStack() {
            Storage slot = new Storage.Stack(stackSize);
            stackSize += WORD;
            return slot;
        }
    }

    /**
     * z/Architecture Principles of Operation, "Storage-Operand Fetch References": fetches are in
     * order.
     */
    @Override
    public boolean needsBarrier() {
        return false;
    }
}
