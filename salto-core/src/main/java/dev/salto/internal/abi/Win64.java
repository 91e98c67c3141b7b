// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The calling convention of 64-bit Windows, of its own compilers and of those on Linux for the
 * attribute {@code ms_abi}. Section names are those of Microsoft's "x64 calling convention".
 *
 * @param isGnu whether {@code long double} is GCC's for Windows, the 80-bit format; otherwise it is
 *     {@code double}
 * @param entry the name of the entry that stores the arguments
 */
record Win64(boolean isGnu, String entry) implements Convention {
    /** "Parameter passing": rcx, rdx, r8 and r9, or xmm0 to xmm3 in their places. */
    private static final int REGISTERS = 4;

    private static final long SLOT = 8;

    /**
     * "Parameter passing": structs and unions of other sizes are copied to memory, and their
     * address is passed. Compilers that know empty ones do so with these, too.
     */
    private static final Set<Long> SIZES_IN_REGISTERS = Set.of(1L, 2L, 4L, 8L);

    private static final Set<ExtendedType> KNOWN_TYPES = EnumSet.complementOf(EnumSet.of(ExtendedType.HALF));

    /**
     * A variadic floating-point argument is in both registers of its place. So its place does not
     * depend on {@code fixed}.
     */
    @Override
    public CallSequence classify(FunctionDescriptor function, int fixed) {
        Slots slots = new Slots();
        CallSequence.Result result = function.returnLayout().map(layout -> placeResult(layout, slots))
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            requireKnown(layout);
            arguments.add(List.of(slots.place(layout)));
        }
        return new CallSequence(arguments, result, slots.stackSize());
    }

    /**
     * "Return values": in rax or xmm0, or at an address that is passed before all arguments.
     * {@code __int128} is in xmm0, like a vector of 16 bytes. A vector of 8 bytes is in rax, like
     * {@code __m64}; clang returns those of {@code float} in xmm0.
     */
    private CallSequence.Result placeResult(MemoryLayout layout, Slots arguments) {
        requireKnown(layout);
        long size = layout.byteSize();
        ExtendedType type = ExtendedType.of(layout);
        boolean isLargeVector = type == ExtendedType.VECTOR && size > SLOT;
        if (type == ExtendedType.INT128 || isLargeVector || Field.isFloatingPoint(layout)) {
            return new CallSequence.Result.InRegisters(List.of(new Piece(0, size, new Storage.VectorRegister(0))));
        }
        if (SIZES_IN_REGISTERS.contains(size)) {
            return new CallSequence.Result.InRegisters(List.of(new Piece(0, size, new Storage.IntegerRegister(0))));
        }
        return new CallSequence.Result.InMemory(arguments.next(false));
    }

    private void requireKnown(MemoryLayout layout) {
        ExtendedType.requireOnly(KNOWN_TYPES, layout, "Microsoft's x64 calling convention");
        if (!isGnu && Field.of(layout).stream().anyMatch(f -> ExtendedType.of(f.layout()) == ExtendedType.X87)) {
            throw new IllegalArgumentException(
                    "%s has a long double of 80 bits in it, which this calling convention does not know: there it is a double, so use JAVA_DOUBLE, or GNUW64, which is GCC's"
                            .formatted(layout));
        }
    }

    /** "Parameter passing": each argument has one place, whatever its type. */
    private static final class Slots {
        private int used;

        Piece place(MemoryLayout layout) {
            long size = layout.byteSize();
            if (Field.isFloatingPoint(layout)) {
                return new Piece(0, size, next(true));
            }
            Storage word = next(false);
            // As in GCC; clang passes it in a floating-point register.
            boolean isInWord = SIZES_IN_REGISTERS.contains(size) && !ExtendedType.isVectorOfOneNumber(layout);
            return new Piece(0, size, isInWord ? word : new Storage.Reference(word));
        }

        Storage next(boolean isFloatingPoint) {
            int slot = used++;
            if (slot >= REGISTERS) {
                return new Storage.Stack((slot - REGISTERS) * SLOT);
            }
            return isFloatingPoint ? new Storage.VectorRegister(slot) : new Storage.IntegerRegister(slot);
        }

        long stackSize() {
            return Math.max(used - REGISTERS, 0) * SLOT;
        }
    }
}
