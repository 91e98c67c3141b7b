// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Virtual threads bind and close in callbacks, where they keep their carrier, while others wait for
 * a carrier.
 */
@Tag("host")
final class VirtualThreadsTest {
    /** With the JDK's stubs the same program shows that it does not wait for itself. */
    @ParameterizedTest(name = "{0} carriers, closures of {1}")
    @CsvSource({"1, jdk", "1, salto", "2, jdk", "2, salto"})
    void theyAllFinish(int carriers, String maker) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "VirtualThreads", new String[]{maker},
                "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                "-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers);

        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
        assertThat(child.value("left")).isEqualTo("0");
        if (maker.equals("salto")) {
            assertThat(Long.parseLong(child.value("bound"))).isGreaterThan(100_000);
        }
    }
}
