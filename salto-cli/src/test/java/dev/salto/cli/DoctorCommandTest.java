// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The doctor as a user runs it; in a JVM of its own where the library has to be kept from finding
 * its code.
 */
final class DoctorCommandTest {
    private static final String NO_TEXT = "-Ddev.salto.text.sources=property";
    private static final String FALLBACK = "-Ddev.salto.fallback=upcall-stubs";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    private record Result(int code, String output, String errors) {}

    private int run(String... arguments) {
        return SaltoCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** Runs {@code salto doctor} in a JVM of its own, on the module path that the tests run on. */
    private Result runChild(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("timeout", "120"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=dev.salto,dev.salto.cli", "--module-path",
                System.getProperty("jdk.module.path"), "--module", "dev.salto.cli/" + SaltoCommand.class.getName(),
                "doctor"));
        command.addAll(List.of(arguments));
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output, Files.readString(errors));
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void saysThatStaticTrampolinesWorkAndWhereTheyComeFrom() throws Exception {
        int code = run("doctor");

        assertThat(code).isZero();
        assertThat(out.toString()).startsWith("Static trampolines work: mapped ");
        JsonNode report = json();
        assertThat(unwrapped(out.toString())).contains("location " + report.get("location").asText());
        assertThat(out.toString())
                .contains("source               " + report.get("source").asText())
                .contains("property             -Ddev.salto.text is not set")
                .contains("architecture         x86_64", "ABI                  System V AMD64")
                .containsPattern("made and called +a closure and a raw trampoline")
                .contains("fallback             none")
                .contains("writable+executable  none of Salto's memory")
                .contains("SELinux              ");
    }

    @Test
    void saysTheSameToMachines() throws Exception {
        JsonNode report = json();

        assertThat(keys(report)).containsExactly("architecture", "abi", "pageSize", "jvm", "linker", "mechanism",
                "source", "location", "tried", "problem", "fallback", "tables", "closures", "bytes", "protectedTables",
                "sealedTables", "writableExecutable", "hardening");
        assertThat(List.of("architecture", "abi", "jvm", "linker", "mechanism", "source", "location", "fallback"))
                .allSatisfy(key -> assertThat(report.get(key).isTextual()).as(key).isTrue());
        assertThat(List.of("pageSize", "tables", "closures", "bytes", "protectedTables", "sealedTables"))
                .allSatisfy(key -> assertThat(report.get(key).isIntegralNumber()).as(key).isTrue());
        assertThat(report.get("mechanism").asText()).isEqualTo("trampolines");
        assertThat(report.get("fallback").asText()).isEqualTo("none");
        assertThat(report.get("problem").isNull()).isTrue();
        assertThat(report.get("writableExecutable").isBoolean()).isTrue();
        assertThat(report.get("writableExecutable").asBoolean()).isFalse();
        assertThat(report.get("tried").isArray()).isTrue();
        assertThat(report.get("tried")).isNotEmpty()
                .allSatisfy(attempt -> assertThat(keys(attempt)).containsExactly("source", "location", "reason"))
                .allSatisfy(attempt -> assertThat(attempt).allMatch(JsonNode::isTextual));
        assertThat(report.get("hardening").isObject()).isTrue();
        assertThat(report.get("hardening")).isNotEmpty().allMatch(JsonNode::isTextual);
    }

    @Test
    void whatItCountsIsWhatItMade() throws Exception {
        JsonNode report = json();

        assertThat(report.get("closures").asLong()).isGreaterThanOrEqualTo(2);
        assertThat(report.get("tables").asLong()).isGreaterThanOrEqualTo(2);
        assertThat(report.get("bytes").asLong()).isGreaterThanOrEqualTo(2 * 16 * 1_000);
    }

    private static JsonNode json() throws IOException {
        StringWriter printed = new StringWriter();
        assertThat(SaltoCommand.commandLine().setOut(new PrintWriter(printed, true)).execute("doctor", "--json"))
                .isZero();
        return parse(printed.toString());
    }

    /** Fails if there is anything else beside one object. */
    private static JsonNode parse(String printed) throws IOException {
        return new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(printed);
    }

    @Test
    void endsWithOneWhereOnlyTheFallbackWorks() throws Exception {
        Result result = runChild(List.of(NO_TEXT, FALLBACK));

        assertThat(result.code()).as(result.errors()).isEqualTo(1);
        assertThat(result.output())
                .startsWith("Only the fallback works")
                .contains("property             -Ddev.salto.text is not set")
                .containsPattern("made and called +a closure; native code got the right answer")
                .contains("closures             1 in use")
                .contains("What to do", NO_TEXT);
        assertThat(result.errors()).as("what the library warns of is on the page").isEmpty();
    }

    @Test
    void endsWithTwoWhereNothingWorks() throws Exception {
        Result result = runChild(List.of(NO_TEXT));

        assertThat(result.code()).as(result.errors()).isEqualTo(2);
        assertThat(result.output())
                .startsWith("Nothing works")
                .contains("source               none")
                .contains("property             -Ddev.salto.text is not set")
                .containsPattern("made and called +none")
                .contains("What to do", NO_TEXT, FALLBACK);
    }

    @Test
    void saysThatClosuresWorkWhereThereIsNoPort() throws Exception {
        Result result = runChild(List.of("-Dos.name=FreeBSD"));

        assertThat(result.code()).as(result.errors()).isEqualTo(1);
        assertThat(result.output())
                .startsWith("Closures work: closures are upcall stubs, code made at run time")
                .contains("Salto has no port for FreeBSD", "unknown, because Salto has no port for this system")
                .endsWith("Use Salto: docs/platforms.md has what upcall stubs cannot do.\n")
                .doesNotContain("What to do");
        assertThat(result.errors()).isEmpty();
    }

    @Test
    void endsTheSameWayForMachines() throws Exception {
        Result fallback = runChild(List.of(NO_TEXT, FALLBACK), "--json");
        Result nothing = runChild(List.of(NO_TEXT), "--json");

        assertThat(fallback.code()).isEqualTo(1);
        JsonNode report = parse(fallback.output());
        assertThat(report.get("mechanism").asText()).isEqualTo("upcall-stubs");
        assertThat(report.get("fallback").asText()).isEqualTo("upcall-stubs");
        assertThat(nothing.code()).isEqualTo(2);
        report = parse(nothing.output());
        assertThat(report.get("mechanism").asText()).isEqualTo("none");
        assertThat(report.get("source").isNull()).isTrue();
        assertThat(report.get("location").isNull()).isTrue();
    }

    /** The text on one line, whatever the width of a page. */
    private static String unwrapped(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void saysThatANamedFileIsNotUsed() throws Exception {
        Path nothing = folder.resolve("nothing");

        Result result = runChild(List.of("-Ddev.salto.text=" + nothing));

        assertThat(result.code()).isZero();
        assertThat(unwrapped(result.output()))
                .contains("Not from the file that -Ddev.salto.text names")
                .contains("property " + nothing + ": there is no such file");
        assertThat(result.errors()).isEmpty();
    }

    @Test
    void aWrongCommandLineIsNoVerdict() {
        assertThat(run("doctor", "--jsno")).isEqualTo(64);
        assertThat(err.toString()).contains("--jsno");
        assertThat(run("doctor", "surgeon")).isEqualTo(64);
        assertThat(err.toString()).contains("surgeon");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aPropertyThatMeansNothingIsNoVerdict() throws Exception {
        Result fallback = runChild(List.of("-Ddev.salto.fallback=perhaps"));
        Result quarantine = runChild(List.of("-Ddev.salto.quarantine=perhaps"), "--json");

        assertThat(fallback.code()).isEqualTo(64);
        assertThat(fallback.errors()).contains("-Ddev.salto.fallback=perhaps", "none or upcall-stubs");
        assertThat(fallback.output()).isEmpty();
        assertThat(quarantine.code()).isEqualTo(64);
        assertThat(quarantine.errors()).contains("-Ddev.salto.quarantine=perhaps");
        assertThat(quarantine.output()).isEmpty();
    }

    @Test
    void explainsItself() {
        assertThat(run("doctor", "--help")).isZero();
        assertThat(out.toString()).contains("--json", "Exit codes:", "64", "Examples:",
                "JAVA_TOOL_OPTIONS=-Ddev.salto.fallback=upcall-stubs ./salto doctor");
    }
}
