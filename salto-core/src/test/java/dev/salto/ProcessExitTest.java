// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Native code calls closures while the process ends, and after the JVM has ended. */
@Tag("port")
@Tag("host") // starts JVMs
final class ProcessExitTest {
    /** How often each way to end is tried. */
    private static final int ROUNDS = Integer.getInteger("dev.salto.tests.exits", 1);

    static Stream<Arguments> ends() {
        return Stream.of(Arguments.of("return", 0), Arguments.of("exception", 1), Arguments.of("exit", 7),
                Arguments.of("hook", 7), Arguments.of("signal", 143), Arguments.of("halt", 7),
                Arguments.of("native", 7));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void theProcessEndsWithItsOwnCodeAndCallsReturnTheFallbackValue(String way, int code) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "Ending", new String[]{way},
                    "--enable-native-access=ALL-UNNAMED,dev.salto");

            assertThat(child.exitCode()).as("round %d: %s", round, child.output()).isEqualTo(code);
            assertThat(Integer.parseInt(child.value("kinds"))).isEqualTo(33);
            assertThat(child.values("leftOut")).isEmpty();
        }
    }
}
