// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.pulseaudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** PulseAudio calls Java, where there is sound. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class PulseaudioExampleTest {
    @Test
    void allSamplesOfAToneArePlayed() {
        assumeTrue(PulseaudioExample.hasSound(), "there is no server of PulseAudio");

        assertThat(PulseaudioExample.play(0.2)).isEqualTo(8_820);
    }
}
