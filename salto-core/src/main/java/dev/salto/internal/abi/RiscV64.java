// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Linux on 64-bit RISC-V: RISC-V ELF psABI 1.0, "Procedure Calling Convention", with the hardware
 * floating-point convention LP64D.
 */
final class RiscV64 extends Lp64d {
    private static final Set<ExtendedType> KNOWN_TYPES = Collections.unmodifiableSet(
            EnumSet.of(ExtendedType.HALF, ExtendedType.QUAD, ExtendedType.INT128, ExtendedType.COMPLEX));

    private static final String FLOAT = "_float";
    private static final String DOUBLE = "_double";

    @Override
    public String architecture() {
        return "riscv64";
    }

    @Override
    public String abi() {
        return "RISC-V LP64D";
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return KNOWN_TYPES;
    }

    @Override
    public void requireLinkable(FunctionDescriptor function) {
        super.requireLinkable(function);
        LinkerFaults.refuse(function, RiscV64::isWholeBecauseOfUnions,
                "takes apart structs with unions, which C passes as a whole");
        LinkerFaults.refuse(function, RiscV64::hasBooleanOnItsOwn, "fails at a boolean beside a floating-point number");
    }

    /**
     * A zero {@code float} has ones above it in its register ("NaN-boxing"). So an entry that
     * returns zero depends on the result's type.
     */
    @Override
    public TrailingArgument lastArgument(CallSequence call) {
        TrailingArgument place = super.lastArgument(call);
        return new TrailingArgument(place.storage(), place.stackSize(), place.variant(),
                kindsOf(call.result()));
    }

    private static String kindsOf(CallSequence.Result result) {
        if (!(result instanceof CallSequence.Result.InRegisters(List<Piece> pieces))) {
            return "";
        }
        List<String> kinds = pieces.stream()
                .filter(piece -> piece.storage() instanceof Storage.VectorRegister)
                .map(piece -> piece.size() == Float.BYTES ? FLOAT : DOUBLE)
                .toList();
        if (!kinds.contains(FLOAT)) {
            return "";
        }
        return kinds.contains(DOUBLE) ? String.join("", kinds) : FLOAT;
    }
}
