// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Linux on x86-64. Section names are those of the System V AMD64 psABI 1.0, 3.2.3, "Parameter Passing". */
final class SysVX64 implements Port {
    /** rdi, rsi, rdx, rcx, r8, r9; for results rax, rdx. */
    private static final int INTEGER_ARGUMENTS = 6;

    /** xmm0 to xmm7; for results xmm0, xmm1. */
    private static final int VECTOR_ARGUMENTS = 8;

    /** Values travel in pieces of eight bytes, which the psABI calls eightbytes; a stack slot is one. */
    private static final long EIGHTBYTE = 8;

    /** A larger value has class MEMORY: Classification, rules 1 and 5. (The vectors that may be larger have no layout.) */
    private static final int MOST_EIGHTBYTES = 2;

    /** The classes of Definitions that layouts can have: there is no x87 layout, and no vector. */
    private enum EightbyteClass {
        NO_CLASS, INTEGER, SSE, MEMORY;

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
            return INTEGER;
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
    public CallSequence classify(FunctionDescriptor function) {
        Registers registers = new Registers(INTEGER_ARGUMENTS, VECTOR_ARGUMENTS);
        Optional<MemoryLayout> returned = function.returnLayout();
        CallSequence.Result result = placeResult(returned, registers);
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            arguments.add(registers.place(layout, classesOf(layout)));
        }
        return new CallSequence(arguments, result, registers.stackSize);
    }

    /**
     * Returning of Values. A result of class MEMORY goes to memory of the caller's, whose address is passed as an integer argument
     * before all others.
     */
    private static CallSequence.Result placeResult(Optional<MemoryLayout> returned, Registers arguments) {
        if (returned.isEmpty()) {
            return new CallSequence.Result.None();
        }
        MemoryLayout layout = returned.get();
        EightbyteClass[] classes = classesOf(layout);
        if (isInMemory(classes)) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(arguments.integers++));
        }
        List<Piece> pieces = new Registers(MOST_EIGHTBYTES, MOST_EIGHTBYTES).place(layout, classes);
        if (pieces.isEmpty()) {
            return new CallSequence.Result.None();
        }
        return new CallSequence.Result.InRegisters(pieces);
    }

    /** Classification: one class for each eightbyte, or MEMORY alone. */
    private static EightbyteClass[] classesOf(MemoryLayout layout) {
        long eightbytes = Math.ceilDiv(layout.byteSize(), EIGHTBYTE);
        if (eightbytes > MOST_EIGHTBYTES) {
            return new EightbyteClass[]{EightbyteClass.MEMORY};
        }
        EightbyteClass[] classes = new EightbyteClass[(int) eightbytes];
        Arrays.fill(classes, EightbyteClass.NO_CLASS);
        for (Field field : Field.of(layout)) {
            // Rule 1: an unaligned field puts all in memory. The alignment of a field's type is its size here, whatever the layout says.
            EightbyteClass own = field.offset() % field.size() == 0 ? classOf(field) : EightbyteClass.MEMORY;
            int eightbyte = (int) (field.offset() / EIGHTBYTE);
            classes[eightbyte] = classes[eightbyte].merge(own);
        }
        // Rule 5: one eightbyte in memory takes the others along.
        return isInMemory(classes) ? new EightbyteClass[]{EightbyteClass.MEMORY} : classes;
    }

    private static boolean isInMemory(EightbyteClass[] classes) {
        return Arrays.asList(classes).contains(EightbyteClass.MEMORY);
    }

    /** Integers of every size, booleans, characters and pointers are INTEGER; {@code float} and {@code double} are SSE. */
    private static EightbyteClass classOf(Field field) {
        return field.isFloatingPoint() ? EightbyteClass.SSE : EightbyteClass.INTEGER;
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

        List<Piece> place(MemoryLayout layout, EightbyteClass[] classes) {
            List<EightbyteClass> all = Arrays.asList(classes);
            int integersNeeded = Collections.frequency(all, EightbyteClass.INTEGER);
            int vectorsNeeded = Collections.frequency(all, EightbyteClass.SSE);
            // A value is never split between registers and the stack, and a register that it could not use is left for the next.
            boolean fits = integers + integersNeeded <= mostIntegers && vectors + vectorsNeeded <= mostVectors;
            return fits && !isInMemory(classes) ? inRegisters(layout, classes) : onStack(layout);
        }

        private List<Piece> inRegisters(MemoryLayout layout, EightbyteClass[] classes) {
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < classes.length; i++) {
                long offset = i * EIGHTBYTE;
                long size = Math.min(EIGHTBYTE, layout.byteSize() - offset);
                switch (classes[i]) {
                    case INTEGER -> pieces.add(new Piece(offset, size, new Storage.IntegerRegister(integers++)));
                    case SSE -> pieces.add(new Piece(offset, size, new Storage.VectorRegister(vectors++)));
                    case NO_CLASS -> {
                        // Padding alone: nothing travels.
                    }
                    case MEMORY -> throw new AssertionError("memory is not a register");
                }
            }
            return pieces;
        }

        /** An argument takes whole stack slots, and begins where its own alignment allows, if that is more than a slot's. */
        private List<Piece> onStack(MemoryLayout layout) {
            long offset = roundUp(stackSize, Math.max(EIGHTBYTE, layout.byteAlignment()));
            stackSize = roundUp(offset + layout.byteSize(), EIGHTBYTE);
            return List.of(new Piece(0, layout.byteSize(), new Storage.Stack(offset)));
        }

        private static long roundUp(long value, long multiple) {
            return Math.ceilDiv(value, multiple) * multiple;
        }
    }
}
