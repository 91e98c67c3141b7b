// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.benchmarks.peers.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The steps of a run, and their order. */
final class PlanTest {
    private static final List<Peer> BOTH = List.of(Peer.SALTO, Peer.JDK);

    private static List<String> steps(Pace pace, List<Peer> peers, Figure figure) {
        return new Plan(peers, Set.of(figure), pace).steps().stream().map(Step::peer).toList();
    }

    @Test
    void thePeersTakeTurns() {
        assertThat(steps(Pace.FULL, BOTH, Figure.CALL_ONE)).hasSize(2 * Pace.FULL.forks()).startsWith("salto", "jdk",
                "salto", "jdk");
    }

    @Test
    void onlyWhatIsAskedForIsMeasured() {
        Figure figure = Figure.closeRandom(Size.K100);

        assertThat(new Plan(BOTH, Set.of(figure), Pace.QUICK).steps()).hasSize(2)
                .allSatisfy(step -> assertThat(step.figures()).contains(figure));
    }

    @Test
    void largeNumbersAreForSaltoOnlyWhenItHasToBeQuick() {
        assertThat(steps(Pace.QUICK, BOTH, Figure.GROWTH)).containsExactly("salto");
        assertThat(steps(Pace.FULL, BOTH, Figure.GROWTH)).startsWith("salto", "jdk")
                .hasSize(2 * Pace.FULL.rounds(Size.M10));
    }

    @Test
    void aVariantOfAPeerIsNotCalledAgain() {
        assertThat(steps(Pace.QUICK, List.of(Peer.values()), Figure.CALL_ONE)).contains("salto", "jdk", "libffi")
                .doesNotContain("salto-address", "jdk-shared");
    }

    @Test
    void saltoIsMeasuredSideBySideWithThosePeersThatCanBeInItsJvm() {
        assertThat(figuresSideBySide(Peer.values())).containsExactlyInAnyOrder(Figure.CALL_ONE_TO_JDK,
                Figure.CALL_16_TO_JDK, Figure.CALL_ONE_TO_LWJGL);
        assertThat(figuresSideBySide(Peer.SALTO, Peer.LWJGL)).containsExactly(Figure.CALL_ONE_TO_LWJGL);
        assertThat(figuresSideBySide(Peer.SALTO, Peer.JNA)).isEmpty();
        assertThat(figuresSideBySide(Peer.JDK, Peer.LWJGL)).isEmpty();
    }

    private static List<Figure> figuresSideBySide(Peer... peers) {
        Set<Figure> figures = Set.of(Figure.CALL_ONE_TO_JDK, Figure.CALL_16_TO_JDK, Figure.CALL_ONE_TO_LWJGL);
        return new Plan(List.of(peers), figures, Pace.QUICK).steps().stream()
                .flatMap(step -> step.figures().stream()).distinct().toList();
    }

    @Test
    void everyFigureIsMeasuredForSalto() {
        List<Peer> peers = List.of(Peer.SALTO, Peer.SALTO_ADDRESS, Peer.JDK, Peer.LWJGL, Peer.LIBFFI);
        for (Figure figure : Figure.ALL) {
            // Comes along where a peer cannot go on.
            if (!figure.equals(Figure.MOST_LIVE)) {
                assertThat(steps(Pace.QUICK, peers, figure)).as("%s", figure)
                        .contains(figure.equals(Figure.BIND_ADDRESS_BY_TURNS) ? "salto-address" : "salto");
            }
        }
    }

    @Test
    void saltoAndLibffiTakeTurnsInOneJvmOrInJvmsOfTheirOwn() {
        List<Peer> peers = List.of(Peer.SALTO, Peer.SALTO_ADDRESS, Peer.LIBFFI);
        assertThat(steps(Pace.QUICK, peers, Figure.CREATE_CLOSE_BY_TURNS)).containsOnly("salto").hasSize(3);
        assertThat(steps(Pace.QUICK, peers, Figure.createNewType(Size.M1)))
                .startsWith("salto", "libffi", "salto", "libffi").hasSize(2 * Pace.QUICK.jvms());
    }

    @Test
    void whatComparesTwoPeersIsNotMeasuredForOne() {
        assertThat(steps(Pace.QUICK, List.of(Peer.SALTO, Peer.SALTO_ADDRESS), Figure.BIND_ADDRESS_BY_TURNS)).isEmpty();
        assertThat(steps(Pace.QUICK, List.of(Peer.SALTO), Figure.CALL_200K_TO_JDK)).isEmpty();
    }

    @Test
    void everyShapeHasAFigureOfItsOwn() {
        assertThat(Shape.values())
                .allSatisfy(shape -> assertThat(Plan.shape(shape).key()).isEqualTo("call-" + shape.key()));
    }
}
