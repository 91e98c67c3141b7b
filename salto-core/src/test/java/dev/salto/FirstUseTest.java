// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first use of something in a process near the end of the stack. A class whose initialisation
 * fails there can never be used again, in the library or in the JDK. Each JVM begins with another
 * number of frames left, and goes on with more, up to 400.
 */
@Tag("host")
final class FirstUseTest {
    private static final int STEP = 7;

    /** So many that the JVM's own stubs reach Java: where they cannot, they end the process. */
    private static final List<Integer> FRAMES_OF_CALLS = List.of(60, 74, 100);

    private static final List<Integer> FRAMES = List.of(10, 13);

    static Stream<Arguments> uses() {
        return Stream.concat(
                Stream.of("bind", "bind-address", "bind-arena", "bind-dynamic", "rebind", "rebind-address", "close",
                        "close-address", "close-dynamic")
                        .flatMap(use -> FRAMES.stream().map(frames -> Arguments.of(use, frames))),
                Stream.of("exception", "exception-dynamic", "use-after-free", "use-after-free-dynamic")
                        .flatMap(use -> FRAMES_OF_CALLS.stream().map(frames -> Arguments.of(use, frames))));
    }

    @ParameterizedTest(name = "{0}, from {1} frames on")
    @MethodSource("uses")
    void theFirstUseAtTheEndOfTheStackDoesNoHarm(String use, int frames) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "FirstUse",
                new String[]{use, Integer.toString(frames), Integer.toString(STEP)}, "-Xint");

        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
        if (FRAMES.contains(frames)) {
            assertThat(Integer.parseInt(child.value("overflows"))).isPositive();
        }
    }
}
