// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Abi;
import dev.salto.CallInterface;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.Fallback;
import dev.salto.NativeBinding;
import dev.salto.NativeLayouts;
import dev.salto.ReservedFunction;
import dev.salto.Salto;
import dev.salto.Tier;
import dev.salto.Trampoline;
import dev.salto.TrampolineTable;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;

/** Tries what closures that are upcall stubs cannot do, and prints each answer. */
public final class Differences {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private Differences() {}

    public static void main(String[] arguments) {
        MemorySegment function = Linker.nativeLinker().defaultLookup().findOrThrow("qsort");
        attempt("trampoline", Trampoline::allocate);
        attempt("table", () -> TrampolineTable.allocate(1));
        attempt("binding", () -> NativeBinding.bindTrailing(function, FunctionDescriptor.ofVoid(ADDRESS),
                MemorySegment.NULL));
        attempt("reserved", () -> ReservedFunction.reserve(Abi.NATIVE));
        attempt("data-driven", () -> CallInterface.prepare(BINARY, ClosureOption.tier(Tier.DATA_DRIVEN)));
        attempt("variadic", () -> CallInterface.prepare(BINARY, ClosureOption.firstVariadicArg(1)));
        attempt("convention", () -> CallInterface.prepare(Abi.WIN64, BINARY));
        attempt("unsigned", () -> CallInterface.parse("unsigned char(int)"));
        attempt("long-double", () -> CallInterface.parse("long double(int)"));
        attempt("int128", () -> CallInterface.prepare(FunctionDescriptor.ofVoid(NativeLayouts.int128())));
        attempt("float128", () -> CallInterface.prepare(FunctionDescriptor.ofVoid(NativeLayouts.float128())));
        attempt("empty-struct", () -> CallInterface.prepare(FunctionDescriptor.ofVoid(MemoryLayout.structLayout())));
        attempt("seal", () -> {
            ClosureType.of(IntBinaryOperator.class, BINARY).seal();
            return "sealed";
        });
        attempt("refused", () -> ClosureType.of(IntBinaryOperator.class, BINARY,
                ClosureOption.fallback(Fallback.NONE)));
        attempt("automatic", () -> CallInterface.prepare(BINARY).mechanism());
        attempt("gate", () -> CallInterface.prepare(BINARY, ClosureOption.tier(Tier.GATE)).mechanism());
        attempt("char", () -> CallInterface.parse("char(char)").mechanism());
        attempt("native", Abi.NATIVE::isSupported);
        attempt("other", Abi.WIN64::isSupported);
        attempt("fallback", () -> Salto.report().fallback());
        attempt("page-size", () -> Salto.report().pageSize());
        attempt("hardening", () -> Salto.report().hardening());
    }

    @FunctionalInterface
    private interface Attempt {
        Object make();
    }

    private static void attempt(String name, Attempt attempt) {
        String answer;
        try {
            answer = String.valueOf(attempt.make());
        } catch (RuntimeException e) {
            answer = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        // On one line, for the test that reads it.
        System.out.println(name + "=" + answer.replaceAll("\\R", " |"));
    }
}
