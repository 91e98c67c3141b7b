// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calling conventions of 32-bit x86. All pass whole words on the stack. They return integers in
 * eax and edx, and floating-point numbers in st(0). The constants have the differences.
 *
 * <p>Section names are those of the System V Application Binary Interface, Intel386 Architecture
 * Processor Supplement 1.1. The conventions of Windows follow GCC's attributes on Linux, even where
 * clang differs. {@code PASCAL} and {@code REGISTER} follow "Program Control" of the Delphi
 * Language Guide, except that structs are passed by value.
 */
final class I386Convention implements Convention {
    private static final long WORD = 4;

    /** GCC aligns {@code __float128} on the stack, as vectors; clang does not. */
    private static final long QUAD_ALIGNMENT = 16;

    private static final int ANSWER_REMOVED_SHIFT = 8;

    /** The registers, by their places in the entry's frame. Results are in the first two. */
    private static final Storage EAX = new Storage.IntegerRegister(0);
    private static final Storage EDX = new Storage.IntegerRegister(1);
    private static final Storage ECX = new Storage.IntegerRegister(2);

    /** The arguments that the callee removes from the stack. */
    private enum Removed {
        NOTHING, RESULT_ADDRESS, ALL
    }

    /**
     * 2.2.3, "Parameter Passing": the callee removes the address of a result in memory, and the
     * caller removes the rest.
     */
    static final I386Convention SYSV = new I386Convention("SYSV", Removed.RESULT_ADDRESS, 0);

    private static final I386Convention MS_CDECL = new I386Convention("MS_CDECL", Removed.NOTHING, 2 * WORD);
    private static final I386Convention STDCALL = new I386Convention("STDCALL", Removed.ALL, 0);
    private static final I386Convention THISCALL = new I386Convention("THISCALL", Removed.ALL, 0, ECX);
    private static final I386Convention FASTCALL = new I386Convention("FASTCALL", Removed.ALL, 0, ECX, EDX);

    /**
     * "Handling Function Results": records that fit in no register are in memory, whose address is
     * passed behind all arguments.
     */
    private static final I386Convention PASCAL = new I386Convention("PASCAL", Removed.ALL, WORD);

    private static final I386Convention REGISTER = new I386Convention("REGISTER", Removed.ALL, WORD, EAX, EDX, ECX);

    /** All, by their names. */
    static final Map<String, Convention> ALL = byName(SYSV, MS_CDECL, STDCALL, THISCALL, FASTCALL, PASCAL, REGISTER);

    private final String name;
    private final Removed removed;

    /**
     * The largest size of structs and unions that are returned in registers; their sizes are powers
     * of two.
     */
    private final long largestInRegisters;

    /** For arguments. */
    private final List<Storage> registers;

    private I386Convention(String name, Removed removed, long largestInRegisters, Storage... registers) {
        this.name = name;
        this.removed = removed;
        this.largestInRegisters = largestInRegisters;
        this.registers = List.of(registers);
    }

    private static Map<String, Convention> byName(I386Convention... conventions) {
        Map<String, Convention> all = new LinkedHashMap<>();
        for (I386Convention convention : conventions) {
            all.put(convention.name, convention);
        }
        return all;
    }

    @Override
    public String toString() {
        return name;
    }

    /**
     * Whether the first argument is pushed first, and so has the highest address. Otherwise the
     * last argument is.
     */
    private boolean pushesFirstFirst() {
        return this == PASCAL || this == REGISTER;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function, int fixed) {
        List<MemoryLayout> layouts = function.argumentLayouts();
        if (fixed != NO_DOTS && removed == Removed.ALL) {
            throw new IllegalArgumentException(
                    "%s has no functions with three dots, because the callee removes the arguments; compilers make them cdecl: use SYSV or MS_CDECL"
                            .formatted(this));
        }
        MemoryLayout returned = function.returnLayout().orElse(null);
        boolean returnsInMemory = returned != null && isReturnedInMemory(returned);
        Placement places = new Placement();
        Storage address = returnsInMemory && !pushesFirstFirst() ? places.word() : null;
        List<Storage> storages = new ArrayList<>();
        for (MemoryLayout layout : layouts) {
            storages.add(places.next(layout));
        }
        if (returnsInMemory && pushesFirstFirst()) {
            address = places.word();
        }
        List<List<Piece>> arguments = new ArrayList<>();
        for (int i = 0; i < layouts.size(); i++) {
            long size = layouts.get(i).byteSize();
            arguments.add(
                    size == 0 ? List.of() : List.of(new Piece(0, size, places.turned(storages.get(i), size))));
        }
        CallSequence.Result result = address == null
                ? inRegisters(returned)
                : new CallSequence.Result.InMemory(places.turned(address, WORD));
        return new CallSequence(arguments, result, places.stackSize);
    }

    /** {@code _Complex float} is in registers like a number of its size. */
    private boolean isReturnedInMemory(MemoryLayout layout) {
        if (!(layout instanceof GroupLayout)) {
            return false;
        }
        requireKnown(layout);
        ExtendedType type = ExtendedType.of(layout);
        if (type == ExtendedType.COMPLEX) {
            return layout.byteSize() > 2 * WORD;
        }
        boolean isInRegisters = layout.byteSize() <= largestInRegisters && Long.bitCount(layout.byteSize()) == 1;
        return type != ExtendedType.X87 && !isInRegisters;
    }

    private static CallSequence.Result inRegisters(@Nullable MemoryLayout layout) {
        if (layout == null) {
            return new CallSequence.Result.None();
        }
        long size = layout.byteSize();
        if (Field.isFloatingPoint(layout) || ExtendedType.of(layout) == ExtendedType.X87) {
            return new CallSequence.Result.InRegisters(List.of(new Piece(0, size, new Storage.X87Register(0))));
        }
        List<Piece> pieces = new ArrayList<>();
        for (long offset = 0; offset < size; offset += WORD) {
            pieces.add(new Piece(offset, Math.min(WORD, size - offset), new Storage.IntegerRegister(pieces.size())));
        }
        return new CallSequence.Result.InRegisters(pieces);
    }

    /** Refuses the types for which compilers have no rule here, or none without options. */
    private void requireKnown(MemoryLayout layout) {
        for (Field field : Field.of(layout)) {
            ExtendedType type = ExtendedType.of(field.layout());
            boolean isKnown = type == null || type == ExtendedType.X87
                    || (type == ExtendedType.QUAD && !pushesFirstFirst());
            if (!isKnown) {
                throw new IllegalArgumentException(
                        "%s has a value of type %s in it, which %s on i386 cannot pass: have native code pass its address, as ADDRESS"
                                .formatted(layout, type, this));
            }
        }
    }

    @Override
    public int answer(CallSequence call) {
        return Math.toIntExact(removedBytes(call) << ANSWER_REMOVED_SHIFT) | x87Size(call.result());
    }

    private long removedBytes(CallSequence call) {
        return switch (removed) {
            case NOTHING -> 0;
            case RESULT_ADDRESS -> call.result() instanceof CallSequence.Result.InMemory ? WORD : 0;
            case ALL -> call.stackSize();
        };
    }

    /** The size of the number in st(0); 0 if there is none. */
    static int x87Size(CallSequence.Result result) {
        return result instanceof CallSequence.Result.InRegisters(List<Piece> pieces)
                && pieces.getFirst().storage() instanceof Storage.X87Register ? (int) pieces.getFirst().size() : 0;
    }

    /** Hands out registers and the stack. */
    private final class Placement {
        /** The number of free registers. */
        private int left = registers.size();

        private long stackSize;

        Storage next(MemoryLayout layout) {
            if (layout instanceof GroupLayout) {
                requireKnown(layout);
                requireAgreement(layout);
            } else if (layout.byteSize() <= WORD && !Field.isFloatingPoint(layout)) {
                return word();
            }
            boolean takesRegisters = I386Convention.this == THISCALL || I386Convention.this == FASTCALL;
            if (takesRegisters && !isFloatingPointToGcc(layout)) {
                // It is on the stack, and nevertheless leaves fewer registers for later arguments.
                left = (int) Math.max(0, left - Math.ceilDiv(layout.byteSize(), WORD));
            }
            return onStack(layout.byteSize());
        }

        Storage word() {
            return left == 0 ? onStack(WORD) : registers.get(registers.size() - left--);
        }

        Storage onStack(long size) {
            Storage place = new Storage.Stack(stackSize);
            stackSize += wholeWords(size);
            return place;
        }

        /**
         * The place when all arguments are known: the first pushed argument has the highest
         * address.
         */
        Storage turned(Storage storage, long size) {
            return pushesFirstFirst() && storage instanceof Storage.Stack(long offset)
                    ? new Storage.Stack(stackSize - offset - wholeWords(size))
                    : storage;
        }

        private static long wholeWords(long size) {
            return Math.ceilDiv(size, WORD) * WORD;
        }

        /**
         * Refuses arguments of type {@code __float128} for which GCC and clang have different
         * places.
         */
        private void requireAgreement(MemoryLayout layout) {
            if (stackSize % QUAD_ALIGNMENT == 0) {
                return;
            }
            for (Field field : Field.of(layout)) {
                if (ExtendedType.of(field.layout()) == ExtendedType.QUAD) {
                    throw new IllegalArgumentException(
                            "%s is behind %s bytes of other arguments: GCC aligns __float128 to 16 there, and clang does not. Pass its address, or pass it first"
                                    .formatted(layout, stackSize));
                }
            }
        }
    }

    /**
     * Whether GCC treats a value as a floating-point or complex number. It also does so with a
     * struct or an array that contains nothing else, but not with a union.
     */
    private static boolean isFloatingPointToGcc(MemoryLayout layout) {
        if (layout instanceof SequenceLayout array) {
            return array.elementCount() == 1 && isFloatingPointToGcc(array.elementLayout());
        }
        if (ExtendedType.of(layout) != null || Field.isFloatingPoint(layout)) {
            return true;
        }
        return layout instanceof StructLayout struct && struct.memberLayouts().stream()
                .anyMatch(member -> member.byteSize() == layout.byteSize() && isFloatingPointToGcc(member));
    }
}
