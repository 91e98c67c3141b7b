// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.child.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs in JVMs of their own. */
final class ChildJvmTest {
    private final List<String> output = new ArrayList<>();

    private ChildJvm.End run(Class<?> program, Duration longest, List<String> options, String... arguments)
            throws Exception {
        return ChildJvm.run(program, options, List.of(arguments), longest, output::add);
    }

    /** The program of a test's JVM. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            switch (arguments[0]) {
                case "throw" -> throw new IllegalStateException("this went wrong");
                case "wait" -> Thread.sleep(Duration.ofMinutes(5));
                default -> System.out.println(arguments[0]);
            }
        }
    }

    @Test
    void whatItPrintsArrives() throws Exception {
        assertThat(run(Program.class, Duration.ofMinutes(1), List.of(), "hello").isGood()).isTrue();
        assertThat(output).containsExactly("hello");
    }

    @Test
    void anExceptionIsReported() throws Exception {
        ChildJvm.End end = run(Program.class, Duration.ofMinutes(1), List.of(), "throw");

        assertThat(end.isGood()).isFalse();
        assertThat(end.describe()).startsWith("it ended with 1: ").contains("this went wrong");
    }

    @Test
    void aProgramThatHangsIsStopped() throws Exception {
        ChildJvm.End end = run(Program.class, Duration.ofMillis(300), List.of(), "wait");

        assertThat(end.isGood()).isFalse();
        assertThat(end.describe()).isEqualTo("it was stopped, because it took too long");
    }

    @Test
    void aPeerThatWorksHasNothingToSay() throws Exception {
        assertThat(run(Probe.class, Duration.ofMinutes(1), List.of(), "JDK").isGood()).isTrue();
        assertThat(output).isEmpty();
    }

    @Test
    void aPeerThatDoesNotWorkSaysWhy() throws Exception {
        List<String> withoutItsLibrary = List.of("-Djna.nosys=true", "-Djna.nounpack=true",
                "-Djna.boot.library.path=/nowhere");

        assertThat(run(Probe.class, Duration.ofMinutes(1), withoutItsLibrary, "JNA").isGood()).isFalse();
        assertThat(output).singleElement().asString().startsWith("failure\t").contains("JNA");
    }
}
