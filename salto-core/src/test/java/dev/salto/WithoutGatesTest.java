// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code -Ddev.salto.gates=none}: after the start nothing is made for any type of function. */
@Tag("host")
final class WithoutGatesTest {
    private static final String INTERPRETER = "-Xint";

    private static ChildJvm run(String gates) throws IOException, InterruptedException {
        return ChildJvm.run(ChildJvm.libraryClasses(), "WithoutGates", INTERPRETER, "-Ddev.salto.gates=" + gates,
                "--enable-native-access=dev.salto,ALL-UNNAMED", "--add-modules=java.management",
                "--add-reads=dev.salto=java.management");
    }

    @Test
    void noClassAndNoCodeIsMadeForManyTypes() throws IOException, InterruptedException {
        ChildJvm child = run("none");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        int types = Integer.parseInt(child.value("types"));
        assertThat(types).isGreaterThan(12);
        // Two handlers, called from C without and with optimisation.
        assertThat(child.value("answered")).isEqualTo(Integer.toString(4 * types));
        assertThat(child.value("classes")).isEqualTo("0");
        assertThat(child.value("code")).isEqualTo("0");
        assertThat(child.value("gates")).isEqualTo("0");
    }

    @Test
    void whatNeedsAGateSaysSo() throws IOException, InterruptedException {
        ChildJvm child = run("none");

        assertThat(child.value("type")).contains("-Ddev.salto.gates=none").contains("CallInterface");
        assertThat(child.value("stub")).contains("-Ddev.salto.gates=none").contains("CallInterface");
    }

    /** Or the figures above would say nothing. */
    @Test
    void gatesAreMadeOtherwise() throws IOException, InterruptedException {
        ChildJvm child = run("made");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("type")).startsWith("not refused");
    }

    @Test
    void aSettingThatMeansNothingIsRefused() throws IOException, InterruptedException {
        ChildJvm child = run("some");

        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.output())
                .anyMatch(line -> line.contains("neither \"made\", the default, nor \"early\", nor \"none\""));
    }
}
