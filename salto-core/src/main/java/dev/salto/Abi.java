// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.NativeAccess;
import java.lang.foreign.FunctionDescriptor;
import java.util.Locale;

/**
 * A calling convention: the places of arguments and result, and the side that removes arguments
 * from the stack. Nearly all C code uses {@link #NATIVE}. The others are for code with a compiler's
 * attribute, and for code of another system, as in an emulator or a loader of its programs.
 *
 * <p>{@link CallInterface#prepare(Abi, java.lang.foreign.FunctionDescriptor, ClosureOption...)}
 * makes closures of all conventions that the processor supports.
 */
public enum Abi {
    /** The default convention of C on this platform. */
    NATIVE,
    /** System V on x86-64, the default on Linux. */
    UNIX64,
    /**
     * 64-bit Windows on x86-64 ({@code ms_abi}), where {@code long double} is {@code double}.
     * Vectors are passed as in GCC, see {@link NativeLayouts#vector}.
     */
    WIN64,
    /**
     * 64-bit Windows on x86-64 as in GCC, whose {@code long double} has 80 bits and is passed by
     * reference.
     */
    GNUW64,
    /** UEFI on x86-64, which is {@link #WIN64}. */
    EFI,
    /**
     * The default of Linux on i386 ({@code cdecl}). On Arm the base standard, which passes
     * floating-point numbers in core registers ({@code pcs("aapcs")}).
     */
    SYSV,
    /** {@code cdecl} on i386 as on Windows. It returns small structs in registers. */
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
     * <p>It follows GCC on Linux. There the address of a result in memory is the first argument, in
     * ecx, and the object's address is on the stack. A struct or a {@code long long} as the first
     * argument leaves no register for others. In clang, and in compilers for Windows, the object's
     * address is in ecx, and the address of the result on the stack. A {@code long long} leaves ecx
     * to the next argument.
     */
    THISCALL,
    /**
     * {@code fastcall} on i386: the first two arguments of a word are in ecx and edx, and the
     * callee removes the others. Structs are returned as in {@link #STDCALL}.
     *
     * <p>It follows GCC on Linux. There the address of a result in memory is the first argument, in
     * ecx. A {@code long long} is on the stack, and so is a struct that is more than one
     * floating-point number. Each of its words takes a register from later arguments. In clang the
     * address of a result is on the stack, and a {@code long long} takes no register. Some structs
     * of a word leave ecx to the next argument there.
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
     * {@code register} on i386, as in Delphi: the first three arguments of a word are in eax, edx
     * and ecx. Other arguments, and results, are as in {@link #PASCAL}. The address of a result is
     * one more argument.
     */
    REGISTER,
    /**
     * Hard float on Arm, the default on Linux: floating-point numbers are in floating-point
     * registers ({@code pcs("aapcs-vfp")}).
     */
    VFP;

    /** {@return whether this processor supports closures of this calling convention} */
    public boolean isSupported() {
        if (this == NATIVE) {
            return Ports.thisJvm().isPresent() || NativeAccess.isPossible();
        }
        return Ports.thisJvm().isPresent() && port().conventions().containsKey(name());
    }

    /**
     * The convention's rules.
     *
     * @throws IllegalArgumentException if this processor does not support it
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
