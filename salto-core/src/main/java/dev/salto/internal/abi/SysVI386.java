// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Linux on 32-bit x86. Section names are those of the System V Application Binary Interface, Intel386 Architecture Processor Supplement 1.1,
 * 2.2.3, "Parameter Passing".
 */
final class SysVI386 implements Port {
    /** Everything is passed on the stack, in whole words. */
    private static final long WORD = 4;

    /** Of the entries for functions that return a struct or a union: these remove its address from the stack. */
    private static final String POPPING = "_popping";

    /** Of the entries that leave zero where a floating-point number is returned. */
    private static final String X87 = "_x87";

    @Override
    public String architecture() {
        return "i386";
    }

    @Override
    public String abi() {
        return "System V i386";
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.X87_OF_12_BYTES;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        CallSequence.Result result = function.returnLayout()
                .map(SysVI386::placeResult)
                .orElseGet(CallSequence.Result.None::new);
        long stackSize = result instanceof CallSequence.Result.InMemory ? WORD : 0;
        List<List<Piece>> arguments = new ArrayList<>();
        for (MemoryLayout layout : function.argumentLayouts()) {
            arguments.add(layout.byteSize() == 0
                    ? List.of()
                    : List.of(new Piece(0, layout.byteSize(), new Storage.Stack(stackSize))));
            stackSize += Math.ceilDiv(layout.byteSize(), WORD) * WORD;
        }
        return new CallSequence(arguments, result, stackSize);
    }

    /**
     * Integers and pointers are returned in eax, and edx for the upper half; floating-point numbers in st(0); every struct and union, however
     * small, at an address that is passed before all arguments.
     */
    private static CallSequence.Result placeResult(MemoryLayout layout) {
        if (layout instanceof GroupLayout) {
            return new CallSequence.Result.InMemory(new Storage.Stack(0));
        }
        if (Field.isFloatingPoint(layout)) {
            return new CallSequence.Result.InRegisters(
                    List.of(new Piece(0, layout.byteSize(), new Storage.VectorRegister(0))));
        }
        List<Piece> pieces = new ArrayList<>();
        for (long offset = 0; offset < layout.byteSize(); offset += WORD) {
            pieces.add(new Piece(offset, Math.min(WORD, layout.byteSize() - offset),
                    new Storage.IntegerRegister(pieces.size())));
        }
        return new CallSequence.Result.InRegisters(pieces);
    }

    @Override
    public TrailingArgument lastArgument(CallSequence call) {
        Storage.Stack place = (Storage.Stack) call.arguments().getLast().getFirst().storage();
        boolean pops = call.result() instanceof CallSequence.Result.InMemory;
        return new TrailingArgument(place, place.offset(), pops ? POPPING : "",
                pops ? POPPING : isInX87(call.result()) ? X87 : "");
    }

    private static boolean isInX87(CallSequence.Result result) {
        return result instanceof CallSequence.Result.InRegisters(List<Piece> pieces)
                && pieces.getFirst().storage() instanceof Storage.VectorRegister;
    }
}
