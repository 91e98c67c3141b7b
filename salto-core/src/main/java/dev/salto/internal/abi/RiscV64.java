// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;

/** Linux on 64-bit RISC-V: RISC-V ELF psABI 1.0, "Procedure Calling Convention", with the hardware floating-point convention LP64D. */
final class RiscV64 implements Port {
    @Override
    public String architecture() {
        return "riscv64";
    }

    @Override
    public String abi() {
        return "RISC-V LP64D";
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return Lp64d.classify(function);
    }
}
