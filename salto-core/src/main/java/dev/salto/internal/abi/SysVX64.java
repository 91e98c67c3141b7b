// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Linux on x86-64. Section names are those of the System V AMD64 psABI 1.0, 3.2.3, "Parameter
 * Passing".
 */
final class SysVX64 implements Port {
    /** rdi, rsi, rdx, rcx, r8, r9; for results rax, rdx. */
    private static final int INTEGER_ARGUMENTS = 6;

    /** xmm0 to xmm7; for results xmm0, xmm1. */
    private static final int VECTOR_ARGUMENTS = 8;

    /**
     * Values travel in pieces of eight bytes, which the psABI calls eightbytes. A stack slot is
     * one.
     */
    private static final long EIGHTBYTE = 8;

    /**
     * A larger value has class MEMORY: Classification, rules 1 and 5. (The vectors of 32 and 64
     * bytes that may be larger have no layout.)
     */
    private static final int MOST_EIGHTBYTES = 2;

    /** The classes of Definitions. */
    private enum EightbyteClass {
        NO_CLASS, INTEGER, SSE, SSEUP, X87, X87UP, MEMORY;

        /** Classification, rule 4: how two fields share an eightbyte. */
        EightbyteClass merge(EightbyteClass other) {
            if (this == other || other == NO_CLASS) {
                return this;
            }
            if (this == NO_CLASS) {
                return other;
            }
            if (this == MEMORY || other == MEMORY) {
                return MEMORY;
            }
            if (this == INTEGER || other == INTEGER) {
                return INTEGER;
            }
            return isX87() || other.isX87() ? MEMORY : SSE;
        }

        boolean isX87() {
            return this == X87 || this == X87UP;
        }
    }

    @Override
    public String architecture() {
        return "x86_64";
    }

    @Override
    public String abi() {
        return "System V AMD64";
    }

    @Override
    public boolean hasSignedChar() {
        return true;
    }

    @Override
    public Map<String, Convention> conventions() {
        Convention win64 = new Win64(false, "generic_win64");
        return Map.of("UNIX64", ownConvention(), "WIN64", win64, "EFI", win64, "GNUW64",
                new Win64(true, "generic_win64"));
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.X87;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        Registers registers = new Registers(INTEGER_ARGUMENTS, VECTOR_ARGUMENTS);
        Optional<MemoryLayout> returned = function.returnLayout();
        CallSequence.Result result = placeResult(returned, registers);
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            arguments.add(layout instanceof ValueLayout value
                    ? registers.place(value)
                    : registers.place(layout, classesOf(layout)));
        }
        return new CallSequence(arguments, result, registers.stackSize);
    }

    /**
     * Returning of Values. A result of class MEMORY goes to memory of the caller's, whose address
     * is passed as an integer argument before all others.
     */
    private static CallSequence.Result placeResult(Optional<MemoryLayout> returned, Registers arguments) {
        if (returned.isEmpty()) {
            return new CallSequence.Result.None();
        }
        MemoryLayout layout = returned.get();
        Registers results = new Registers(MOST_EIGHTBYTES, MOST_EIGHTBYTES);
        if (layout instanceof ValueLayout value) {
            return new CallSequence.Result.InRegisters(results.place(value));
        }
        if (isComplexX87(layout)) {
            long part = layout.byteSize() / 2;
            return new CallSequence.Result.InRegisters(
                    List.of(new Piece(0, part, new Storage.X87Register(0)),
                            new Piece(part, part, new Storage.X87Register(1))));
        }
        EightbyteClass[] classes = classesOf(layout);
        if (isInMemory(classes)) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(arguments.integers++));
        }
        List<Piece> pieces = results.inRegisters(layout, classes);
        if (pieces.isEmpty()) {
            return new CallSequence.Result.None();
        }
        return new CallSequence.Result.InRegisters(pieces);
    }

    /**
     * Class COMPLEX_X87: in memory as an argument, and in st(0) and st(1) as a result. A struct
     * with it is always in memory.
     */
    private static boolean isComplexX87(MemoryLayout layout) {
        return ExtendedType.of(layout) == ExtendedType.COMPLEX
                && ExtendedType.of(ExtendedType.part(layout)) == ExtendedType.X87;
    }

    /** Classification: one class for each eightbyte, or MEMORY alone. */
    private static EightbyteClass[] classesOf(MemoryLayout layout) {
        long eightbytes = Math.ceilDiv(layout.byteSize(), EIGHTBYTE);
        if (eightbytes > MOST_EIGHTBYTES) {
            return new EightbyteClass[]{EightbyteClass.MEMORY};
        }
        EightbyteClass[] classes = new EightbyteClass[(int) eightbytes];
        Arrays.fill(classes, EightbyteClass.NO_CLASS);
        for (Field field : Field.ofEmptyArrays(layout)) {
            if (!isAligned(field)) {
                return new EightbyteClass[]{EightbyteClass.MEMORY};
            }
        }
        for (Field field : Field.of(layout)) {
            boolean isAligned = isAligned(field);
            EightbyteClass[] own = classesOf(field);
            int first = (int) (field.offset() / EIGHTBYTE);
            for (int i = 0; i < own.length && first + i < classes.length; i++) {
                classes[first + i] = classes[first + i].merge(isAligned ? own[i] : EightbyteClass.MEMORY);
            }
        }
        return cleanUp(classes);
    }

    /**
     * Rule 1: an unaligned field puts all in memory, an array without elements, too. The alignment
     * of a field's type is its size here, whatever the layout says.
     */
    private static boolean isAligned(Field field) {
        return field.offset() % field.size() == 0;
    }

    /** Rule 5, "post merger cleanup". */
    private static EightbyteClass[] cleanUp(EightbyteClass[] classes) {
        for (int i = 0; i < classes.length; i++) {
            EightbyteClass before = i == 0 ? EightbyteClass.NO_CLASS : classes[i - 1];
            if (classes[i] == EightbyteClass.X87UP && before != EightbyteClass.X87) {
                classes[i] = EightbyteClass.MEMORY;
            } else if (classes[i] == EightbyteClass.SSEUP && before != EightbyteClass.SSE) {
                classes[i] = EightbyteClass.SSE;
            }
        }
        // One eightbyte in memory takes the others along.
        return isInMemory(classes) ? new EightbyteClass[]{EightbyteClass.MEMORY} : classes;
    }

    private static boolean isInMemory(EightbyteClass[] classes) {
        return Arrays.asList(classes).contains(EightbyteClass.MEMORY);
    }

    /**
     * Integers, booleans, characters and pointers are INTEGER; {@code _Float16}, {@code float} and
     * {@code double} are SSE. Vectors of 16 bytes and {@code __float128} are SSE and SSEUP; {@code
     * long double} is X87 and X87UP. Compilers differ from the psABI in two points. A vector of one
     * floating-point number is in memory; clang returns that of a {@code double} in xmm0, and has
     * that of a {@code float} as INTEGER. All other vectors of 4 bytes are INTEGER.
     */
    private static EightbyteClass[] classesOf(Field field) {
        ExtendedType extended = ExtendedType.of(field.layout());
        if (extended == null) {
            return new EightbyteClass[]{field.isFloatingPoint() ? EightbyteClass.SSE : EightbyteClass.INTEGER};
        }
        if (ExtendedType.isVectorOfOneNumber(field.layout())) {
            return new EightbyteClass[]{EightbyteClass.MEMORY};
        }
        if (ExtendedType.isShortVector(field.layout())) {
            return new EightbyteClass[]{EightbyteClass.INTEGER};
        }
        return switch (extended) {
            case X87 -> new EightbyteClass[]{EightbyteClass.X87, EightbyteClass.X87UP};
            case INT128 -> new EightbyteClass[]{EightbyteClass.INTEGER, EightbyteClass.INTEGER};
            default -> field.size() <= EIGHTBYTE
                    ? new EightbyteClass[]{EightbyteClass.SSE}
                    : new EightbyteClass[]{EightbyteClass.SSE, EightbyteClass.SSEUP};
        };
    }

    /** Passing: hands out registers, and the stack when they are spent. */
    private static final class Registers {
        private final int mostIntegers;
        private final int mostVectors;
        private int integers;
        private int vectors;
        private long stackSize;

        Registers(int mostIntegers, int mostVectors) {
            this.mostIntegers = mostIntegers;
            this.mostVectors = mostVectors;
        }

        /** Places a value of one eightbyte, as nearly all are, without finding its class. */
        List<Piece> place(ValueLayout value) {
            if (Field.isFloatingPoint(value)) {
                return vectors < mostVectors
                        ? List.of(new Piece(0, value.byteSize(), new Storage.VectorRegister(vectors++)))
                        : onStack(value);
            }
            return integers < mostIntegers
                    ? List.of(new Piece(0, value.byteSize(), new Storage.IntegerRegister(integers++)))
                    : onStack(value);
        }

        List<Piece> place(MemoryLayout layout, EightbyteClass[] classes) {
            List<EightbyteClass> all = Arrays.asList(classes);
            int integersNeeded = Collections.frequency(all, EightbyteClass.INTEGER);
            int vectorsNeeded = Collections.frequency(all, EightbyteClass.SSE);
            // A value is never split between registers and the stack. The next value gets a
            // register that it could not use.
            boolean fits = integers + integersNeeded <= mostIntegers && vectors + vectorsNeeded <= mostVectors;
            boolean isPassedInRegisters = !isInMemory(classes) && !all.contains(EightbyteClass.X87);
            return fits && isPassedInRegisters ? inRegisters(layout, classes) : onStack(layout);
        }

        List<Piece> inRegisters(MemoryLayout layout, EightbyteClass[] classes) {
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < classes.length; i++) {
                long offset = i * EIGHTBYTE;
                boolean isWide = i + 1 < classes.length && isUpperHalf(classes[i + 1]);
                long size = Math.min(isWide ? 2 * EIGHTBYTE : EIGHTBYTE, layout.byteSize() - offset);
                switch (classes[i]) {
                    case INTEGER -> pieces.add(new Piece(offset, size, new Storage.IntegerRegister(integers++)));
                    case SSE -> pieces.add(new Piece(offset, size, new Storage.VectorRegister(vectors++)));
                    case X87 -> pieces.add(new Piece(offset, size, new Storage.X87Register(0)));
                    case NO_CLASS, SSEUP, X87UP -> {
                        // Padding alone, which is not passed, or the upper half of the piece
                        // before.
                    }
                    case MEMORY -> throw new AssertionError("memory is not a register");
                }
            }
            return pieces;
        }

        private static boolean isUpperHalf(EightbyteClass type) {
            return type == EightbyteClass.SSEUP || type == EightbyteClass.X87UP;
        }

        /**
         * An argument takes whole stack slots, and begins where its own alignment allows, if that
         * is more than a slot's.
         */
        private List<Piece> onStack(MemoryLayout layout) {
            long offset = roundUp(stackSize, Math.max(EIGHTBYTE, layout.byteAlignment()));
            stackSize = roundUp(offset + layout.byteSize(), EIGHTBYTE);
            return List.of(new Piece(0, layout.byteSize(), new Storage.Stack(offset)));
        }

        private static long roundUp(long value, long multiple) {
            return Math.ceilDiv(value, multiple) * multiple;
        }
    }

    /**
     * Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3, 9.2.2: loads are not
     * reordered with other loads.
     */
    @Override
    public boolean needsBarrier() {
        return false;
    }
}
