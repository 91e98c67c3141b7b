// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, without measuring anything. */
final class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    private int run(String... arguments) {
        return BenchCommand.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void namesFiguresAndPeers() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString()).contains("create-100k-live", "first-callback-aot", "(only if named)", "lwjgl-libffi",
                "jnr-ffi");
    }

    @Test
    void explainsItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--quick", "--peers", "--json", "--charts", "--html", "--from",
                "Exit codes:",
                "Examples:");
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() {
        assertThat(run("--peers", "salto,jkd")).isEqualTo(2);
        assertThat(err.toString()).contains("no peer 'jkd'", "lwjgl-libffi");
        assertThat(run("crate")).isEqualTo(2);
        assertThat(err.toString()).contains("no figure is named 'crate'", "--list");
        assertThat(run("--json", folder.resolve("nowhere/figures.json").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("in a folder that does not exist");
        assertThat(run("--from", folder.resolve("nothing").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("nothing, which is not a readable file");
    }

    @Test
    void doesNotMeasureWithoutTheModule() {
        // On the class path, as here, calls would not be what users have.
        assertThat(run("call-one", "--peers", "jdk")).isEqualTo(1);
        assertThat(err.toString()).contains("dev.salto is on the class path");
    }

    @Test
    void printsAnEarlierRunBesideItsLimits() throws Exception {
        Results earlier = new Results();
        earlier.add(Figure.createLive(Size.K100), "salto", 25);
        earlier.add(Figure.createLive(Size.K100), "jdk", 4000);
        earlier.add(Figure.closeInOrder(Size.K100), "salto", 70);
        earlier.add(Figure.MOST_LIVE, "jdk", 324_000);
        earlier.note(Figure.MOST_LIVE, "jdk", "at about 324,000 live: no code cache is left");
        Path file = folder.resolve("figures.json");
        earlier.write(file);

        assertThat(run("--from", file.toString(), "--charts", folder.toString(), "--html",
                folder.resolve("figures.html").toString())).isZero();
        String create = "create, 100,000 live, in recycled memory";
        assertThat(out.toString())
                .containsPattern(create + " +ns +25 +4,000")
                .containsPattern(create + " +25 +jdk +4,000 +160 +at least 150 times faster +met")
                .containsPattern(create + " +25 +jnr-ffi +at least 5 times faster +not measured")
                .containsPattern("close, 100,000 live, in order, ns +70 +at most 20 +NOT met")
                .contains("jdk at about 324,000 live: no code cache is left",
                        "Drawn: " + folder.resolve("creation.svg"));
        assertThat(folder.resolve("creation.svg")).isNotEmptyFile();
        assertThat(folder.resolve("figures.html")).content().contains("From figures.json", create);
    }
}
