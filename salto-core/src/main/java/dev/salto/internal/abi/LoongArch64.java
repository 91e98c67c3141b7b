// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/**
 * Linux on 64-bit LoongArch: "Procedure Call Standard for the LoongArch Architecture" 20231219,
 * with floating-point registers of 64 bits (LP64D). It differs from RISC-V's only in the bits above
 * a {@code float} in its register.
 */
final class LoongArch64 extends Lp64d {
    @Override
    public String architecture() {
        return "loongarch64";
    }

    @Override
    public String abi() {
        return "LoongArch LP64D";
    }

    @Override
    public boolean hasSignedChar() {
        return true;
    }

    @Override
    public boolean hasLinker() {
        return false;
    }
}
