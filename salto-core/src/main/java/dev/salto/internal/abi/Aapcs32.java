// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Linux on 32-bit Arm with hard float. Section names are those of the Procedure Call Standard for
 * the Arm Architecture (AAPCS32) 2024Q3, with its VFP variant (7.1.2).
 */
final class Aapcs32 implements Port {
    /**
     * Where an ELF header for 32 bits has its flags, and EF_ARM_ABI_FLOAT_HARD among them: ELF for
     * the Arm Architecture 2024Q3, 5.2.
     */
    private static final int ELF_FLAGS = 36;

    private static final int ELF_HARD_FLOAT = 0x400;

    /** r0 to r3; for results r0, r1. */
    private static final int CORE_ARGUMENTS = 4;

    /** s0 to s15, of which two make one of d0 to d7. */
    private static final int SINGLE_ARGUMENTS = 16;

    private static final long WORD = 4;
    private static final long DOUBLEWORD = 2 * WORD;

    /**
     * {@code __int128}, and floating-point numbers of 128 bits, are not among the fundamental data
     * types (5.1).
     */
    private static final Set<ExtendedType> KNOWN_TYPES = EnumSet.of(ExtendedType.VECTOR);

    @Override
    public String architecture() {
        return "arm";
    }

    @Override
    public String abi() {
        return "AAPCS-VFP";
    }

    /**
     * With soft float, floating-point numbers travel in core registers. The JVM does not say which
     * it is for, but its libraries do.
     */
    @Override
    public boolean isForThisJvm() {
        return isHardFloat(Path.of(System.getProperty("java.home"), "lib", "libjava.so"));
    }

    private static boolean isHardFloat(Path library) {
        try (InputStream content = Files.newInputStream(library)) {
            ByteBuffer header = ByteBuffer.wrap(content.readNBytes(ELF_FLAGS + Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            return (header.getInt(ELF_FLAGS) & ELF_HARD_FLOAT) != 0;
        } catch (IOException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.DOUBLE;
    }

    @Override
    public boolean hasLinker() {
        return false;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return classify(function, true);
    }

    /**
     * 6.5: variadic functions use the base standard, also for their fixed arguments and their
     * results.
     */
    @Override
    public CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        return classify(function, false);
    }

    @Override
    public Map<String, Convention> conventions() {
        return Map.of("VFP", ownConvention(), "SYSV", (function, _) -> {
            ExtendedType.requireOnly(KNOWN_TYPES, function, "AAPCS");
            return classify(function, false);
        });
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return KNOWN_TYPES;
    }

    /**
     * Refuses a function in which an argument goes onto the stack while core registers are free and
     * other arguments follow. C leaves those registers alone then (6.5, C.6). libffi, the JDK's
     * linker here, looks for the next arguments in them.
     */
    @Override
    public void requireLinkable(FunctionDescriptor function) {
        Port.super.requireLinkable(function);
        Registers registers = new Registers(true);
        function.returnLayout().ifPresent(layout -> placeResult(layout, registers));
        for (MemoryLayout layout : function.argumentLayouts()) {
            registers.place(layout);
            if (registers.hasLeftRegisters) {
                throw LinkerFaults.refusal(layout,
                        "looks for what follows in registers that are free, though it goes onto the stack");
            }
        }
    }

    private CallSequence classify(FunctionDescriptor function, boolean hasVfp) {
        Registers registers = new Registers(hasVfp);
        CallSequence.Result result = function.returnLayout()
                .map(layout -> placeResult(layout, registers))
                .orElseGet(CallSequence.Result.None::new);
        List<List<Piece>> arguments = function.argumentLayouts().stream().map(registers::place).toList();
        return new CallSequence(arguments, result, registers.stackSize);
    }

    /**
     * 6.4, 7.1.2.2: a result is where a first argument of its type would be. A composite of more
     * than a word goes to memory whose address is passed in r0 (6.5, A.4). Homogeneous aggregates
     * with registers, and vectors, do not.
     */
    private static CallSequence.Result placeResult(MemoryLayout layout, Registers arguments) {
        if (layout.byteSize() == 0) {
            return new CallSequence.Result.None();
        }
        boolean isComposite = layout instanceof GroupLayout && ExtendedType.of(layout) != ExtendedType.VECTOR;
        if (isComposite && layout.byteSize() > WORD && !arguments.isForVfp(layout)) {
            return new CallSequence.Result.InMemory(new Storage.IntegerRegister(arguments.core++));
        }
        return new CallSequence.Result.InRegisters(new Registers(arguments.hasVfp).place(layout));
    }

    /** 6.5, 7.1.2.3: hands out registers, and the stack when they are spent. */
    private static final class Registers {
        private final boolean[] usedSingles = new boolean[SINGLE_ARGUMENTS];
        private final boolean hasVfp;
        private int core;
        private long stackSize;

        /** Whether an argument went onto the stack while core registers were free. */
        private boolean hasLeftRegisters;

        /**
         * {@code hasVfp}: whether floating-point numbers and vectors have registers of their own.
         * In the base standard they have none.
         */
        Registers(boolean hasVfp) {
            this.hasVfp = hasVfp;
        }

        boolean isForVfp(MemoryLayout layout) {
            return hasVfp && VectorCandidate.memberSize(layout) > 0;
        }

        List<Piece> place(MemoryLayout layout) {
            if (layout.byteSize() == 0) {
                return List.of();
            }
            return isForVfp(layout)
                    ? placeVectors(layout, VectorCandidate.memberSize(layout))
                    : placeCore(layout);
        }

        /**
         * 7.1.2.3, C.1.vfp and C.2.vfp: the lowest free registers in a row, even between others.
         * Otherwise the stack; then later arguments have no registers.
         */
        private List<Piece> placeVectors(MemoryLayout layout, long member) {
            int width = (int) (member / WORD);
            int needed = (int) (layout.byteSize() / WORD);
            for (int first = 0; first + needed <= SINGLE_ARGUMENTS; first += width) {
                if (areFree(first, needed)) {
                    return takeVectors(layout, member, first);
                }
            }
            Arrays.fill(usedSingles, true);
            return onStack(layout);
        }

        private boolean areFree(int first, int count) {
            for (int i = first; i < first + count; i++) {
                if (usedSingles[i]) {
                    return false;
                }
            }
            return true;
        }

        /** The number of a piece's register counts those of its size, s0 or d0 and so on. */
        private List<Piece> takeVectors(MemoryLayout layout, long member, int first) {
            List<Piece> pieces = new ArrayList<>();
            for (long offset = 0; offset < layout.byteSize(); offset += member) {
                int single = first + (int) (offset / WORD);
                Arrays.fill(usedSingles, single, single + (int) (member / WORD), true);
                pieces.add(new Piece(offset, member, new Storage.VectorRegister((int) (single * WORD / member))));
            }
            return pieces;
        }

        /**
         * 6.5, C.3 to C.7: whole words, from an even register if they are aligned to 8. The rest is
         * on the stack, if the stack is still empty.
         */
        private List<Piece> placeCore(MemoryLayout layout) {
            boolean hasFree = core < CORE_ARGUMENTS;
            if (VectorCandidate.naturalAlignment(layout) >= DOUBLEWORD) {
                core += core % 2;
            }
            int words = (int) Math.ceilDiv(layout.byteSize(), WORD);
            boolean fits = core + words <= CORE_ARGUMENTS;
            if (!fits && (core >= CORE_ARGUMENTS || stackSize > 0)) {
                core = CORE_ARGUMENTS;
                hasLeftRegisters |= hasFree && stackSize > 0;
                return onStack(layout);
            }
            List<Piece> pieces = new ArrayList<>();
            for (long offset = 0; offset < layout.byteSize(); offset += WORD) {
                long size = Math.min(WORD, layout.byteSize() - offset);
                if (core < CORE_ARGUMENTS) {
                    pieces.add(new Piece(offset, size, new Storage.IntegerRegister(core++)));
                } else {
                    pieces.add(new Piece(offset, size, new Storage.Stack(stackSize)));
                    stackSize += WORD;
                }
            }
            return pieces;
        }

        /** C.6 to C.8: at a multiple of 4, or of 8 if it is so aligned. */
        private List<Piece> onStack(MemoryLayout layout) {
            long multiple = Math.clamp(VectorCandidate.naturalAlignment(layout), WORD, DOUBLEWORD);
            long offset = Math.ceilDiv(stackSize, multiple) * multiple;
            stackSize = offset + Math.ceilDiv(layout.byteSize(), WORD) * WORD;
            return List.of(new Piece(0, layout.byteSize(), new Storage.Stack(offset)));
        }
    }
}
