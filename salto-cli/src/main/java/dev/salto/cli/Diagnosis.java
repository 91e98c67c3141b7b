// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Mechanism;
import dev.salto.Report;
import dev.salto.Salto;
import dev.salto.Trampoline;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The library's report, and a check of it: function pointers were made and called.
 *
 * @param report the library's report
 * @param failure the failure of a call; null if there was none
 */
record Diagnosis(Report report, @Nullable String failure) {

    /**
     * Makes a diagnosis.
     *
     * @throws IllegalArgumentException if the value of a system property is unknown
     */
    static Diagnosis make() {
        Report report = Salto.report();
        if (report.mechanism() == Mechanism.NONE) {
            return new Diagnosis(report, null);
        }
        try {
            return callClosure(report.mechanism());
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable e) { // whatever it is, it is what the user wants to know
            return new Diagnosis(report, "a function pointer could not be made and called: " + e);
        }
    }

    private static Diagnosis callClosure(Mechanism mechanism) throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, function);
        try (Closure<IntBinaryOperator> product = type.bind((a, b) -> a * b)) {
            var call = Linker.nativeLinker().downcallHandle(product.address(), function);
            int answer = (int) call.invokeExact(6, 7);
            if (answer != 42) {
                return new Diagnosis(Salto.report(),
                        "a closure that should have answered 42 answered %d".formatted(answer));
            }
            // Trampolines have no fallback.
            return mechanism == Mechanism.TRAMPOLINES ? callTrampoline() : new Diagnosis(Salto.report(), null);
        }
    }

    /**
     * Calls a trampoline to a function of every C library. The closure is still open, so the report
     * counts both.
     */
    private static Diagnosis callTrampoline() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
        MemorySegment llabs = Linker.nativeLinker().defaultLookup().findOrThrow("llabs");
        try (Trampoline trampoline = Trampoline.allocate().set(llabs, MemorySegment.NULL)) {
            var call = Linker.nativeLinker().downcallHandle(trampoline.address(), function);
            long answer = (long) call.invokeExact(-42L);
            return new Diagnosis(Salto.report(), answer == 42
                    ? null
                    : "a trampoline to llabs that should have answered 42 answered %d".formatted(answer));
        }
    }

    /** The mechanism of the function pointers that worked. */
    Mechanism mechanism() {
        return failure == null ? report.mechanism() : Mechanism.NONE;
    }

    int exitCode() {
        return switch (mechanism()) {
            case TRAMPOLINES -> 0;
            case UPCALL_STUBS -> 1;
            case NONE -> 2;
        };
    }

    DoctorReport json() {
        return new DoctorReport(report.architecture(), report.abi(), report.pageSize(), report.jvm(), report.linker(),
                mechanism().toString(), report.source(), report.location(),
                report.tried().stream().map(DoctorReport.Attempt::of).toList(),
                failure != null ? failure : report.problem(), report.fallback().toString(), report.tables(),
                report.closures(), report.bytes(), report.protectedTables(), report.sealedTables(),
                report.writableExecutable(), report.hardening());
    }
}
