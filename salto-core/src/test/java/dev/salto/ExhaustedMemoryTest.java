// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Closures are bound, rebound and closed where the stack or the heap ends, so that each step fails
 * at many places. Afterwards no lock is held and no slot is lost: each function pointer does what
 * the closure's state says, and another thread can go on.
 */
@Tag("host")
final class ExhaustedMemoryTest {
    private static void assertSucceeds(ChildJvm child) {
        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest(name = "closures of {0} types, {1}")
    @CsvSource({"single, -Xint", "single, -Xmixed", "busy, -Xint", "busy, -Xmixed", "traced, -Xint",
        "traced, -Xmixed"})
    void theEndOfTheStackLeavesNoLockAndLosesNoSlot(String types, String mode) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "EndOfStack", new String[]{types}, mode);

        assertSucceeds(child);
        assertThat(Integer.parseInt(child.value("overflows"))).isGreaterThan(500);
    }

    @ParameterizedTest(name = "closures of {0} types")
    @ValueSource(strings = {"single", "busy", "growing"})
    void aFullHeapLeavesNoLockAndLosesNoSlot(String types) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "FullHeap", new String[]{types}, "-Xmx16m",
                "-Xms16m", "-XX:+UseSerialGC", "-XX:-UseTLAB", "-XX:-ClassUnloading");

        assertSucceeds(child);
        assertThat(Integer.parseInt(child.value("failures"))).isPositive();
    }
}
