// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.util.Map;

/** Linux on 32-bit x86. {@link I386Convention} has the places of arguments and results. */
final class SysVI386 implements Port {
    /**
     * The end of the names of entries for functions that return a struct or a union. These entries
     * remove its address from the stack.
     */
    private static final String POPPING = "_popping";

    /** The end of the names of entries that return a floating-point zero. */
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
    public boolean hasSignedChar() {
        return true;
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.X87_OF_12_BYTES;
    }

    @Override
    public Map<String, Convention> conventions() {
        return I386Convention.ALL;
    }

    @Override
    public Convention ownConvention() {
        return I386Convention.SYSV;
    }

    @Override
    public boolean hasLinker() {
        return false;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return I386Convention.SYSV.classify(function, function.argumentLayouts().size());
    }

    @Override
    public TrailingArgument lastArgument(CallSequence call) {
        Storage.Stack place = (Storage.Stack) call.arguments().getLast().getFirst().storage();
        boolean pops = call.result() instanceof CallSequence.Result.InMemory;
        return new TrailingArgument(place, place.offset(), pops ? POPPING : "",
                pops ? POPPING : I386Convention.x87Size(call.result()) > 0 ? X87 : "");
    }

    /** Loads are not reordered with other loads. */
    @Override
    public boolean needsBarrier() {
        return false;
    }
}
