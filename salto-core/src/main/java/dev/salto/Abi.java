// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import java.lang.foreign.FunctionDescriptor;
import java.util.Locale;

/**
 * A calling convention: where a caller puts arguments, where it finds the result, and who cleans
 * up. Nearly all C code uses {@link #NATIVE}; the others are for code that says otherwise, with a
 * compiler's attribute, or because it was made for another system, as in an emulator or a loader of
 * its programs.
 *
 * <p>{@link CallInterface#prepare(Abi, java.lang.foreign.FunctionDescriptor, ClosureOption...)}
 * makes closures of all those that the processor has.
 */
public enum Abi {
    /** What C has here if nothing else is said. */
    NATIVE,
    /** System V on x86-64, which is what Linux has there. */
    UNIX64,
    /**
     * 64-bit Windows on x86-64 ({@code ms_abi}), where {@code long double} is {@code double}.
     * Vectors travel as GCC has them, see {@link NativeLayouts#vector}.
     */
    WIN64,
    /**
     * 64-bit Windows on x86-64 as GCC has it, whose {@code long double} has 80 bits and travels by
     * reference.
     */
    GNUW64,
    /** UEFI on x86-64, which is {@link #WIN64}. */
    EFI,
    /**
     * On i386 what Linux has ({@code cdecl}); on Arm the base standard, in which floating-point
     * numbers travel in core registers ({@code pcs("aapcs")}).
     */
    SYSV,
    /** {@code cdecl} on i386 as on Windows, which returns small structs in registers. */
    MS_CDECL,
    /**
     * {@code stdcall} on i386: the callee removes the arguments from the stack. Structs are
     * returned as in {@link #SYSV}; Windows' compilers return those of up to eight bytes as
     * integers.
     */
    STDCALL,
    /**
     * {@code thiscall} on i386: the first argument, the address of an object, is in ecx, and the
     * callee removes the others. Structs are returned as in {@link #STDCALL}.
     *
     * <p>It is as GCC has it on Linux. There the address of a result in memory is the first
     * argument, in ecx, and the object's is on the stack. A struct or a {@code long long} as the
     * first argument leaves no register for others. In clang, and in compilers for Windows, the
     * object's address is in ecx, and that of the result on the stack; a {@code long long} leaves
     * ecx to the argument behind it.
     */
    THISCALL,
    /**
     * {@code fastcall} on i386: the first two arguments of a word are in ecx and edx, and the
     * callee removes the others. Structs are returned as in {@link #STDCALL}.
     *
     * <p>It is as GCC has it on Linux. There the address of a result in memory is the first
     * argument, in ecx. A {@code long long}, or a struct that is more than one floating-point
     * number, is on the stack, and leaves as many registers less as it has words. In clang the
     * address of a result is on the stack, a {@code long long} leaves all registers, and some
     * structs of a word leave ecx to the argument behind them.
     */
    FASTCALL,
    /**
     * {@code pascal} on i386: the arguments are pushed from the first to the last, and the callee
     * removes them. Structs of 1, 2 and 4 bytes are returned in eax, others at an address that is
     * pushed last. Delphi passes records of more than 4 bytes by their address, so declare those as
     * pointers.
     */
    PASCAL,
    /**
     * {@code register}, as Delphi has it, on i386: the first three arguments of a word are in eax,
     * edx and ecx, the others, and results, as in {@link #PASCAL}; the address of a result is one
     * argument more.
     */
    REGISTER,
    /**
     * Hard float on Arm, which is what Linux has there: floating-point numbers travel in registers
     * of their own ({@code pcs("aapcs-vfp")}).
     */
    VFP;

    /** Whether closures of this calling convention can be made on the processor that runs. */
    public boolean isSupported() {
        return Ports.thisJvm().isPresent() && (this == NATIVE || port().conventions().containsKey(name()));
    }

    /**
     * The convention's rules.
     *
     * @throws IllegalArgumentException if the processor that runs does not have it
     */
    Convention convention() {
        if (this == NATIVE) {
            return port().ownConvention();
        }
        Convention convention = port().conventions().get(name());
        if (convention == null) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "%s is no calling convention of %s, which has NATIVE and %s", this, port().architecture(),
                    String.join(", ", port().conventions().keySet())));
        }
        return convention;
    }

    private static Port port() {
        return Ports.thisJvm().orElseThrow(() -> new IllegalArgumentException(
                "no calling convention is known of this processor and system; Salto knows those of "
                        + Ports.supported()));
    }
}
