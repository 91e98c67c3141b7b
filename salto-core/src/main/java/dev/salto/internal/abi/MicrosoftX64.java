// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Windows on x86-64. */
final class MicrosoftX64 implements Port {
    private static final String ENTRY = "generic";

    @Override
    public String architecture() {
        return "x86_64-windows";
    }

    @Override
    public String abi() {
        return "Microsoft x64";
    }

    @Override
    public boolean hasSignedChar() {
        return true;
    }

    @Override
    public boolean needsBarrier() {
        return false;
    }

    @Override
    public LongDoubleFormat longDouble() {
        return LongDoubleFormat.DOUBLE_OF_WINDOWS;
    }

    @Override
    public Set<ExtendedType> extendedTypes() {
        return EnumSet.complementOf(EnumSet.of(ExtendedType.HALF, ExtendedType.X87));
    }

    @Override
    public CallSequence classify(FunctionDescriptor function) {
        return ownConvention().classify(function, Convention.NO_DOTS);
    }

    @Override
    public CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        return ownConvention().classify(function, fixed);
    }

    @Override
    public Convention ownConvention() {
        return new Win64(false, ENTRY);
    }

    /** Those of libffi, and the name that UEFI has for the first one. */
    @Override
    public Map<String, Convention> conventions() {
        Convention own = ownConvention();
        return Map.of("WIN64", own, "EFI", own, "GNUW64", new Win64(true, ENTRY));
    }

    /** The linker passes the address of an empty struct, as C does. */
    @Override
    public void requireLinkable(FunctionDescriptor function) {
        // It has no known fault.
    }
}
