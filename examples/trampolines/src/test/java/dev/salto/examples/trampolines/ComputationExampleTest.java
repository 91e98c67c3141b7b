// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Expressions that are data, behind a function pointer. */
final class ComputationExampleTest {
    @Test
    void nativeCodeIntegratesAnExpression() {
        try (ComputationExample function = new ComputationExample("x x * 3 x * - 2.5 +")) {
            assertThat(function.integral(-1, 2, 100_000)).isCloseTo(3 - 4.5 + 7.5, within(1e-6));
        }
    }

    @Test
    void theSameFunctionPointerGetsAnotherExpression() {
        try (ComputationExample function = new ComputationExample("x");
                ComputationExample other = new ComputationExample("7")) {
            assertThat(function.integral(0, 2, 100)).isCloseTo(2, within(1e-9));
            function.replace("x 4 *");
            assertThat(function.integral(0, 2, 100)).isCloseTo(8, within(1e-9));
            assertThat(other.integral(0, 2, 100)).isCloseTo(14, within(1e-9));
        }
    }

    @Test
    void aProgramThatWouldHarmNativeCodeIsRefused() {
        try (ComputationExample function = new ComputationExample("x")) {
            assertThatThrownBy(() -> function.replace("x +")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too few numbers");
            assertThatThrownBy(() -> function.replace("x ".repeat(17))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("more numbers than 16");
            assertThatThrownBy(() -> function.replace("x x")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("left over");
            assertThatThrownBy(() -> function.replace("x y *")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("y");
            assertThat(function.integral(0, 2, 100)).isCloseTo(2, within(1e-9));
        }
    }
}
