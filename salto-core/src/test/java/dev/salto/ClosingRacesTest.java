// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Threads close the same closures at the same time. */
@Tag("host")
final class ClosingRacesTest {
    @Test
    void closingThrowsNothingAndOtherUsesOnlySayThatTheClosureIsClosed() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "ClosingRaces", "-XX:+UseSerialGC", "-Xmx64m");

        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
        assertThat(child.value("left")).isEqualTo("0");
    }
}
