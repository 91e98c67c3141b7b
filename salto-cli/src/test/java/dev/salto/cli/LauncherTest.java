// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The salto script, as far as it can be tested without building the project from inside its own
 * build.
 */
final class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "salto").toAbsolutePath().normalize();

    private record Result(int code, String output) {}

    @TempDir
    private Path folder = Path.of("");

    private static Result run(String... arguments) throws Exception {
        return run(Map.of(), SCRIPT, arguments);
    }

    private static Result run(Map<String, String> environment, Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("timeout", "120", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /**
     * A checkout in which everything is built, and a JDK whose java prints its arguments and ends
     * with 42.
     */
    private Result runWithoutJava(String... arguments) throws Exception {
        Path checkout = checkout();
        for (String module : List.of("salto-cli", "examples")) {
            Path stamp = checkout.resolve(module).resolve("target/built");
            Files.createDirectories(stamp.getParent());
            Files.createFile(stamp);
            Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));
        }
        return run(Map.of("JAVA_HOME", jdk().toString()), checkout.resolve("salto"), arguments);
    }

    /** A checkout in which nothing is built. */
    private Path checkout() throws Exception {
        Path checkout = Files.createDirectory(folder.resolve("checkout"));
        Files.copy(SCRIPT, checkout.resolve("salto"), StandardCopyOption.COPY_ATTRIBUTES);
        Path scripts = Files.createDirectory(checkout.resolve("scripts"));
        Files.copy(SCRIPT.resolveSibling("scripts").resolve("fail.sh"), scripts.resolve("fail.sh"));
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createDirectories(checkout.resolve("config"));
        for (String module : List.of("salto-cli", "examples")) {
            Files.createDirectories(checkout.resolve(module).resolve("src"));
            Files.createFile(checkout.resolve(module).resolve("pom.xml"));
        }
        Files.createDirectories(checkout.resolve("examples/libc/src"));
        return checkout;
    }

    private Path jdk() throws Exception {
        Path jdk = folder.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        for (String tool : List.of("java", "javac")) {
            program(jdk.resolve("bin").resolve(tool), "echo \"$@\"\nexit 42\n");
        }
        return jdk;
    }

    private static void program(Path file, String commands) throws Exception {
        Files.writeString(file, "#!/bin/sh\n" + commands);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theFirstUseOfACloneIsBuiltWithoutChecksAndLaterBuildsCompileAllAgain() throws Exception {
        Path checkout = checkout();
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path arguments = folder.resolve("arguments");
        Path classes = checkout.resolve("salto-core/target/classes");
        program(bin.resolve("mvn"), "echo \"$@\" >>'%s'\nmkdir -p '%s'\n".formatted(arguments, classes));
        Map<String, String> environment = Map.of("JAVA_HOME", jdk().toString(), "PATH",
                bin + ":" + System.getenv("PATH"));

        run(environment, checkout.resolve("salto"), "doctor");
        assertThat(classes).doesNotExist();
        Files.createDirectories(classes);
        run(environment, checkout.resolve("salto"), "example");

        assertThat(Files.readAllLines(arguments)).satisfiesExactly(
                first -> assertThat(first).contains("-Dcompiler.plugin=-g", "-Dformatter.skip=true"),
                second -> assertThat(second).doesNotContain("-Dcompiler.plugin"));
        assertThat(classes).exists();
    }

    @Test
    void theDoctorStartsWithWhatItIsGivenAndWithoutTheDemosHeap() throws Exception {
        Result doctor = runWithoutJava("doctor", "--json");

        assertThat(doctor.output()).contains("dev.salto.cli.SaltoCommand doctor --json").doesNotContain("-Xms");
    }

    @Test
    void anExampleStartsWithWhatItIsGiven() throws Exception {
        Result example = runWithoutJava("example", "libc", "/tmp");

        assertThat(example.code()).isEqualTo(42);
        assertThat(example.output()).startsWith("--enable-native-access=dev.salto,dev.salto.examples ")
                .contains("dev.salto.examples.ExampleCommand libc /tmp");
    }

    @Test
    void theDemoStartsWithItsHeapTouched() throws Exception {
        Result demo = runWithoutJava("demo", "--count", "5");

        assertThat(demo.output()).startsWith("-Xms1g -Xmx1g -XX:+AlwaysPreTouch ")
                .contains("dev.salto.cli.SaltoCommand demo --count 5");
    }

    @Test
    void theSoakStartsWithAHeapThatCannotGrow() throws Exception {
        Result soak = runWithoutJava("soak", "--minutes", "0.1");

        assertThat(soak.output()).startsWith("-Xms512m -Xmx512m -XX:+AlwaysPreTouch ")
                .contains("dev.salto.cli.SaltoCommand soak --minutes 0.1");
    }

    @Test
    void theExitCodeIsThatOfTheCommand() throws Exception {
        assertThat(runWithoutJava("doctor").code()).isEqualTo(42);
    }

    @Test
    void withoutACommandItSaysWhichThereAre() throws Exception {
        Result result = run();

        assertThat(result.code()).isZero();
        assertThat(result.output()).contains("Usage: ./salto COMMAND", "demo", "doctor", "soak", "bench", "stress");
    }

    @Test
    void itListsCommandsInGroupsWithTheTimeOfEach() throws Exception {
        assertThat(run().output()).containsPattern("See it work\n  demo +5 s ").containsPattern("  example +1 s ")
                .containsPattern("  doctor +1 s ")
                .containsPattern("Measure it\n  bench +45 min ")
                .containsPattern(
                        "Test it\n  soak +1 min +.*\n  stress +2 min +.*\n  test-jdk +4 min +.*\n  test-arch +15 min ")
                .containsPattern("\n  test-applications +2 min ");
    }

    @Test
    void aProgramForTheAgentThatIsUnknownIsRefusedWithTheListOfAll() throws Exception {
        Result result = run("test-applications", "nothing");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).contains("there is no program 'nothing'", "sqlite", "own-arena");
    }

    @Test
    void aStepThatTakesLongShowsItsTimeAndHowMuchIsFetched() throws Exception {
        Path repository = Files.createDirectories(folder.resolve(".m2/repository/org/bytedeco/llvm/1"));
        Files.write(repository.resolve("llvm.jar.part"), new byte[12_000_000]);

        assertThat(stepText("Salto: compiler", 4)).isEqualTo("Salto: compiler");
        assertThat(stepText("Salto: compiler", 5)).isEqualTo("Salto: compiler, 5 s");
        assertThat(stepText("fetching clang and lld", 7)).startsWith("fetching clang and lld, 1")
                .endsWith(" of 147 MB, 7 s");
    }

    private String stepText(String step, int seconds) throws Exception {
        return run(Map.of("HOME", folder.toString()), Path.of("bash"), "-c",
                "source \"$1\"; step_text \"$2\" \"$3\"", "bash", SCRIPT.toString(), step,
                Integer.toString(seconds)).output();
    }

    @Test
    void anUnknownCommandIsAMistake() throws Exception {
        Result result = run("dmeo");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).contains("no command 'dmeo'", "Usage: ./salto COMMAND");
    }

    @Test
    void theHelpOfTheStressTestsNamesOptionsAndExitCodes() throws Exception {
        Result result = run("stress", "--help");

        assertThat(result.code()).isZero();
        assertThat(result.output()).contains("Usage: ./salto stress [--full] [-- OPTION...]", "Exit codes: 0",
                "-m tough");
    }

    @Test
    void theStressTestsTakeOptionsOfJcstressOnlyBehindTwoDashes() throws Exception {
        Result result = run("stress", "-m", "tough");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).contains("stress has no option '-m'; options of jcstress come after --");
    }
}
