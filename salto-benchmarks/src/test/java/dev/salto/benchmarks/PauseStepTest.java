// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.PauseStep.Pause;
import org.junit.jupiter.api.Test;

/** The JVM's log of garbage collection. */
final class PauseStepTest {
    @Test
    void pausesAreFoundInTheLogsOfAllCollectors() {
        assertThat(Pause
                .parse("[0.123s][info][gc] GC(5) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 1.234ms"))
                .hasValue(new Pause(false, 1.234));
        assertThat(Pause.parse("[9.1s][info][gc          ] GC(7) Pause Full (System.gc()) 512M->400M(981M) 250.5ms"))
                .hasValue(new Pause(true, 250.5));
        assertThat(Pause.parse("[0.5s][info][gc,phases   ] GC(2) Y: Pause Mark Start 0.012ms"))
                .hasValue(new Pause(false, 0.012));
    }

    @Test
    void whatRunsBesideTheProgramIsNoPause() {
        assertThat(Pause.parse("[0.5s][info][gc,phases] GC(2) Y: Concurrent Mark 3.200ms")).isEmpty();
        assertThat(Pause.parse("[0.5s][info][gc] Using G1")).isEmpty();
    }
}
