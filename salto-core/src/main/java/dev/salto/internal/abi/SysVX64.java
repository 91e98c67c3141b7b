// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Linux on x86-64: System V AMD64 psABI 1.0.
 *
 * <p>Primitive and pointer types only, so far: structs by value and functions whose integer registers are all taken are refused.
 */
final class SysVX64 implements Port {
    /** Integer arguments that travel in registers: rdi, rsi, rdx, rcx, r8, r9 (psABI 3.2.3, "Passing"). */
    private static final int INTEGER_REGISTERS = 6;

    @Override
    public String architecture() {
        return "x86_64";
    }

    @Override
    public boolean isForThisJvm() {
        return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
    }

    @Override
    public String entryForHiddenArgument(FunctionDescriptor function) {
        function.returnLayout().ifPresent(result -> requirePrimitive(result, "the result", function));
        List<MemoryLayout> arguments = function.argumentLayouts();
        int integers = 0;
        for (int i = 0; i < arguments.size(); i++) {
            MemoryLayout argument = arguments.get(i);
            requirePrimitive(argument, "parameter " + i, function);
            if (isInteger(argument)) {
                integers++;
            }
        }
        if (integers >= INTEGER_REGISTERS) {
            throw new IllegalArgumentException(
                    ("the function %s has %d integer and pointer parameters; a closure can have at most"
                            + " %d of them so far, because its hidden argument needs the last integer register. Use Linker.upcallStub for"
                            + " this signature").formatted(function, integers, INTEGER_REGISTERS - 1));
        }
        return "append_gp" + integers;
    }

    /** Class INTEGER (psABI 3.2.3, "Classification"): integers of every size, booleans, characters and pointers. */
    private static boolean isInteger(MemoryLayout layout) {
        return !(layout instanceof ValueLayout.OfFloat || layout instanceof ValueLayout.OfDouble);
    }

    private static void requirePrimitive(MemoryLayout layout, String place, FunctionDescriptor function) {
        if (layout instanceof GroupLayout) {
            throw new IllegalArgumentException(
                    ("%s of the function %s is a struct or union by value, which closures do not support"
                            + " yet. Pass a pointer to it, or use Linker.upcallStub for this signature")
                            .formatted(place, function));
        }
    }
}
