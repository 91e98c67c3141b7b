// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.salto.Mechanism;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The demo as a user runs it, with small numbers. */
final class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    private int run(String... arguments) {
        return SaltoCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path fileToSort() throws Exception {
        return Files.writeString(folder.resolve("fruit"), "pear\napple\nquince\nfig\n");
    }

    @Test
    void doesTheMainJobAndPrintsATable() throws Exception {
        Files.createDirectories(folder.resolve("one/two"));
        int code = run("demo", "--count", "9000", "--file", fileToSort().toString(), "--folder", folder.toString());

        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("qsort   4 lines of " + folder.resolve("fruit"))
                .contains("nftw    1 files and 3 folders under " + folder)
                .contains("Salto, 9,000").contains("JDK, 900")
                .containsPattern("writable\\+executable mappings made +0 ")
                .contains("answers were right", "a closure is a place in a table of code");
    }

    @Test
    void whereClosuresAreUpcallStubsTheTableDoesNotSayThatTheyAreTrampolines() {
        Measurement measurement = new Measurement(1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0);
        Comparison comparison = new Comparison(measurement, measurement, new HotCalls(1, 1));

        assertThat(comparison.table(CommandLine.Help.Ansi.OFF, Mechanism.UPCALL_STUBS))
                .endsWith("here Salto's closures are such stubs, too.");
    }

    @Test
    void printsOneJsonObjectAndNothingElse() throws Exception {
        int code = run("demo", "--count", "5000", "--file", fileToSort().toString(), "--folder", folder.toString(),
                "--json");

        assertThat(code).isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        List<String> keys = new ArrayList<>();
        report.fieldNames().forEachRemaining(keys::add);
        assertThat(keys).containsExactly("figures", "checks", "writableExecutable");
        for (JsonNode figure : report.get("figures")) {
            List<String> names = new ArrayList<>();
            figure.fieldNames().forEachRemaining(names::add);
            assertThat(names).containsExactly("name", "unit", "salto", "jdk", "ratio");
        }
        assertThat(report.get("checks").get("answers").asLong()).isEqualTo(3 * (5_000 + 500));
        assertThat(report.get("checks").get("wrong").asLong()).isZero();
        assertThat(report.get("writableExecutable").get("salto").asLong()).isZero();
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() {
        assertThat(run("demo", "--count", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--count is 0");
        assertThat(run("demo", "--file", folder.resolve("nothing").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("nothing, which is not a readable file");
        assertThat(run("demo", "--folder", "/proc/version")).isEqualTo(2);
        assertThat(err.toString()).contains("/proc/version, which is not a readable folder");
        assertThat(run("demo", "--cuont", "5")).isEqualTo(2);
        assertThat(err.toString()).contains("--cuont");
    }

    /** Some systems forbid memory that classes need when they are initialised. */
    private static final class Forbidden {
        static final int NUMBER = refuse();

        private static int refuse() {
            throw new IllegalStateException("the system forbids it");
        }
    }

    @Command(name = "forbidden")
    private static final class UsesForbidden implements Callable<Integer> {
        @Override
        public Integer call() {
            return Forbidden.NUMBER;
        }
    }

    @Test
    void aClassThatCannotBeInitialisedIsExplained() {
        CommandLine salto = SaltoCommand.commandLine().addSubcommand(new UsesForbidden())
                .setErr(new PrintWriter(err, true));

        assertThat(salto.execute("forbidden")).isEqualTo(1);
        assertThat(salto.execute("forbidden")).isEqualTo(1); // NoClassDefFoundError, the second time

        assertThat(err.toString()).containsPattern("(?s)salto: the system forbids it.*salto: .*the system forbids it")
                .doesNotContain("\tat ");
    }

    @Test
    void explainsItself() {
        assertThat(run("demo", "--help")).isZero();
        assertThat(out.toString()).contains("--count", "--file", "--folder", "--json", "Exit codes:", "Examples:");
    }
}
