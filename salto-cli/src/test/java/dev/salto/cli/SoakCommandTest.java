// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Salto;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The soak as a user runs it, for moments. */
final class SoakCommandTest {
    private static final int USAGE = 64;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return SaltoCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void forATimeEverythingIsRight() {
        int code = run("soak", "--minutes", "0.05", "--seed", "7");

        assertThat(out.toString()).contains("seed 7", "Everything was right")
                .containsPattern("closures left open +0 ")
                .containsPattern("writable\\+executable mappings made +0 ")
                .containsPattern("wrong answers +0 ")
                .doesNotContainPattern(
                        "(cycles|calls checked|rebinds|closed closures|callbacks|arenas closed|types made"
                                + "|native threads|asked for) +0 ");
        assertThat(code).isZero();
    }

    @Test
    void itGoesOnUntilThereWereAsManyCyclesAsWanted() {
        long before = Salto.statistics().closed();

        int code = run("soak", "--cycles", "600000");

        assertThat(out.toString()).contains("Everything was right");
        assertThat(code).isZero();
        assertThat(Salto.statistics().closed() - before).isGreaterThanOrEqualTo(600_000);
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() {
        assertThat(run("soak", "--minutes", "0")).isEqualTo(USAGE);
        assertThat(err.toString()).contains("--minutes is 0");
        assertThat(run("soak", "--minutes", "NaN")).isEqualTo(USAGE);
        assertThat(err.toString()).contains("--minutes is NaN");
        assertThat(run("soak", "--cycles", "-1")).isEqualTo(USAGE);
        assertThat(err.toString()).contains("--cycles is -1");
        assertThat(run("soak", "--cycles", "5", "--minutes", "1")).isEqualTo(USAGE);
        assertThat(err.toString()).contains("mutually exclusive");
        assertThat(run("soak", "--seed", "x")).isEqualTo(USAGE);
        assertThat(run("soak", "--hours", "1")).isEqualTo(USAGE);
    }

    @Test
    void explainsItself() {
        assertThat(run("soak", "--help")).isZero();
        assertThat(out.toString()).contains("--minutes", "--cycles", "--seed", "Exit codes:", "Examples:");
    }
}
