// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.util.Set;

/**
 * Linux on 64-bit LoongArch: "Procedure Call Standard for the LoongArch Architecture" 20231219, with floating-point registers of 64 bits
 * (LP64D). It differs from RISC-V's in what is above a {@code float} in its register, which no place depends on.
 */
final class LoongArch64 implements Port {
    @Override
    public String architecture() {
        return "loongarch64";
    }

    @Override
    public String abi() {
        return "LoongArch LP64D";
    }

    @Override
    public boolean hasLinker() {
        return false;
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return Lp64d.classify(function);
    }

    @Override
    public CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        return Lp64d.classify(function, fixed);
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return Lp64d.EXTENDED_TYPES;
    }
}
