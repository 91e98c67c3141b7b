// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import dev.salto.Report;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code salto doctor --json}. All components but two are those of {@link Report}.
 *
 * @param mechanism the mechanism of the function pointers that gave the right answer:
 *     {@code trampolines}, {@code upcall-stubs} or {@code none}
 * @param problem the failure of an attempt, or the reason why there was none; null if all went
 *     well
 */
record DoctorReport(
        String architecture,
        String abi,
        int pageSize,
        String jvm,
        String linker,
        String mechanism,
        @Nullable String source,
        @Nullable String location,
        List<Attempt> tried,
        @Nullable String problem,
        String fallback,
        long tables,
        long closures,
        long bytes,
        long protectedTables,
        long sealedTables,
        @Nullable Boolean writableExecutable,
        Map<String, String> hardening) {
    /** A place that the code could not be taken from, as {@link Report.Attempt}. */
    record Attempt(String source, String location, String reason) {
        static Attempt of(Report.Attempt attempt) {
            return new Attempt(attempt.source(), attempt.location(), attempt.reason());
        }
    }
}
