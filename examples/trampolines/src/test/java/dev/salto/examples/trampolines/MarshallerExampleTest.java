// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls of two signatures reach one native function. */
final class MarshallerExampleTest {
    @Test
    void callsOfBothSignaturesReachTheObjectOfTheirRoute() {
        try (MarshallerExample one = new MarshallerExample(); MarshallerExample other = new MarshallerExample()) {
            assertThat(one.call(20, -1)).isEqualTo(19);
            assertThat(one.call(0.5)).isEqualTo(19.5);
            assertThat(other.call(1, 2)).isEqualTo(3);

            assertThat(one.calls()).isEqualTo(2);
            assertThat(other.calls()).isEqualTo(1);
        }
    }
}
