// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.figures.Requirement.Kind;
import org.junit.jupiter.api.Test;

/** Requirements of figures, and the conditions to meet them. */
final class RequirementTest {
    private final Results results = new Results();

    private static Requirement requirement(Kind kind, double bound) {
        return new Requirement("call", Figure.CALL_ONE, "salto", Figure.CALL_ONE, "jdk", kind, bound);
    }

    @Test
    void timesFasterIsTheOthersTimeBySaltos() {
        results.add(Figure.CALL_ONE, "salto", 20);
        results.add(Figure.CALL_ONE, "jdk", 3000);
        Requirement faster = requirement(Kind.TIMES_FASTER, 150);

        assertThat(faster.value(results)).hasValue(150);
        assertThat(faster.isMetBy(150)).isTrue();
        assertThat(faster.isMetBy(149.9)).isFalse();
        assertThat(faster.limit()).isEqualTo("at least 150");
    }

    @Test
    void timesAsLongIsSaltosTimeByTheOthers() {
        results.add(Figure.CALL_ONE, "salto", 30);
        results.add(Figure.CALL_ONE, "jdk", 20);
        Requirement asLong = requirement(Kind.TIMES_AS_LONG, 1.05);

        assertThat(asLong.value(results)).hasValue(1.5);
        assertThat(asLong.isMetBy(1.05)).isTrue();
        assertThat(asLong.isMetBy(1.06)).isFalse();
        assertThat(asLong.limit()).isEqualTo("at most 1.05");
    }

    @Test
    void aBoundOfOneValueNeedsNoOther() {
        results.add(Figure.CALL_ONE, "salto", 60);
        Requirement atMost = new Requirement("", Figure.CALL_ONE, "salto", Figure.CALL_ONE, "salto", Kind.AT_MOST, 60);
        Requirement atLeast = new Requirement("", Figure.CALL_ONE, "salto", Figure.CALL_ONE, "salto", Kind.AT_LEAST,
                60);

        assertThat(atMost.value(results)).hasValue(60);
        assertThat(atMost.isMetBy(60)).isTrue();
        assertThat(atMost.isMetBy(61)).isFalse();
        assertThat(atLeast.isMetBy(60)).isTrue();
        assertThat(atLeast.isMetBy(59)).isFalse();
    }

    @Test
    void addressesOfSaltoAreComparedWithLibffiMeasuredByTurns() {
        results.add(Figure.BIND_ADDRESS_BY_TURNS, "salto-address", 9);
        results.add(Figure.BIND_ADDRESS_BY_TURNS, "libffi", 10);

        assertThat(Requirement.ALL).filteredOn(requirement -> requirement.figure().equals(Figure.BIND_ADDRESS_BY_TURNS))
                .singleElement().satisfies(requirement -> {
                    assertThat(requirement.value(results)).hasValue(0.9);
                    assertThat(requirement.isMetBy(0.9)).isTrue();
                });
    }

    @Test
    void whatWasNotMeasuredHasNoValue() {
        results.add(Figure.CALL_ONE, "salto", 20);

        assertThat(requirement(Kind.TIMES_FASTER, 150).value(results)).isEmpty();
    }

    @Test
    void everyRequirementIsAboutFiguresThatThereAre() {
        assertThat(Requirement.ALL).allSatisfy(
                requirement -> assertThat(Figure.ALL).contains(requirement.figure(), requirement.otherFigure()));
    }
}
