// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Mechanism;
import dev.salto.Fallback;
import dev.salto.Report;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** Texts of the doctor for machines unlike that of the tests. */
final class DiagnosisTextTest {
    private static final int WIDTH = 72;

    private record GivenAttempt(String source, String location, String reason) implements Report.Attempt {}

    private record GivenReport(String architecture, String abi, int pageSize, String jvm, String linker,
            Mechanism mechanism, @Nullable String source, @Nullable String location, List<Report.Attempt> tried,
            @Nullable String problem, Fallback fallback, long tables, long closures, long bytes, long protectedTables,
            long sealedTables, @Nullable Boolean writableExecutable, Map<String, String> hardening) implements Report {}

    private static Report report(Mechanism mechanism, @Nullable String source, List<Report.Attempt> tried,
            @Nullable String problem, int pageSize, @Nullable Boolean writableExecutable,
            Map<String, String> hardening) {
        return new GivenReport("x86_64", "System V AMD64", pageSize, "a JVM", "a linker", mechanism, source,
                source == null ? null : "/opt/libsalto-x86_64.so", tried, problem, Fallback.NONE, 0, 0, 0, 0, 0,
                writableExecutable, hardening);
    }

    private static Report works(@Nullable Boolean writableExecutable) {
        return report(Mechanism.TRAMPOLINES, "installed", List.of(), null, 4096, writableExecutable, Map.of());
    }

    private static String text(Report report) {
        return DiagnosisText.of(new Diagnosis(report, null), Ansi.OFF, WIDTH);
    }

    private static String withHardening(String key, String value) {
        return text(report(Mechanism.TRAMPOLINES, "installed", List.of(), null, 4096, false, Map.of(key, value)));
    }

    @Test
    void theFirstLineIsTheVerdict() {
        assertThat(text(works(false)).lines().findFirst())
                .hasValue("Static trampolines work: mapped in place from /opt/libsalto-x86_64.so");
    }

    @Test
    void withoutAnyRestrictionThereIsNoHeadingForThem() {
        assertThat(text(works(false))).doesNotContain("Hardening by the system");
        assertThat(withHardening("mdwe", "on")).contains("Hardening by the system");
    }

    @Test
    void onlyATerminalGetsColours() {
        assertThat(text(works(false))).doesNotContain("\u001b");
        assertThat(DiagnosisText.of(new Diagnosis(works(false), null), Ansi.ON, WIDTH))
                .startsWith("\u001b[1m\u001b[32mStatic trampolines work\u001b[");
    }

    @Test
    void aWrongAnswerMeansThatNothingWorks() {
        Diagnosis wrong = new Diagnosis(works(false), "a closure that should have answered 42 answered 41");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.json().mechanism()).isEqualTo("none");
        assertThat(wrong.json().problem()).contains("answered 41");
        assertThat(DiagnosisText.of(wrong, Ansi.OFF, WIDTH))
                .startsWith("Nothing works: a closure that should have answered 42 answered 41")
                .doesNotContain("What to do");
    }

    @Test
    void longReasonsStayReadable() {
        String path = "/home/someone/a-folder-with-a-long-name/another-one/and-a-jar-with-a-long-name-in-it.jar";
        String text = text(report(Mechanism.NONE, null, List.of(new GivenAttempt("jar", path,
                "mmap of it was refused, because the file system was mounted noexec: move the JAR to a file system that"
                        + " allows executable files")),
                null, 4096, false, Map.of()));

        assertThat(text.lines()).filteredOn(line -> line.length() > WIDTH).singleElement().asString()
                .endsWith(path + ":");
        assertThat(text).contains("jar                  " + path).contains("mounted noexec");
        assertThat(text.lines()).anyMatch(line -> line.matches(" {23}allows .*|.* allows executable files"));
    }

    @Test
    void itEndsWithWhatToDoNext() {
        String fault = DiagnosisText.of(new Diagnosis(works(false), "a closure answered 41"), Ansi.OFF, WIDTH);
        Report noAccess = report(Mechanism.NONE, null, List.of(), "Salto needs to call native code.", 0, false,
                Map.of());
        Report refused = report(Mechanism.NONE, null, List.of(new GivenAttempt("jar", "a.jar", "refused")), null,
                4096, false, Map.of());

        assertThat(text(works(false))).endsWith("""
                Next
                - See callbacks: ./salto demo
                - Use Salto in a program: README.md has the dependency and a first
                  example.""");
        assertThat(fault).endsWith("Next\n- Report this fault, with what ./salto doctor --json prints.");
        assertThat(text(noAccess)).endsWith("""
                Next
                - Remove the cause that the first line names, and run ./salto doctor
                  again.""");
        assertThat(text(refused)).endsWith("Next\n- Do what stands above, and run ./salto doctor again.");
    }

    @Test
    void memoryThatIsBothIsSaidLoudly() {
        assertThat(text(works(true))).contains("writable+executable  SOME");
        assertThat(text(works(null))).contains("writable+executable  unknown");
    }

    @Test
    void withoutNativeCodeTheFallbackIsNoRemedy() {
        String problem = "Salto needs to call native code. Start java with --enable-native-access=dev.salto";
        String text = text(report(Mechanism.NONE, null, List.of(), problem, 0, false, Map.of()));

        assertThat(text.replaceAll("\\s+", " ")).startsWith("Nothing works: " + problem)
                .contains("page size unknown, because native code cannot be called");
        assertThat(text).doesNotContain("What to do");
    }

    @Test
    void restrictionsAreInWords() {
        assertThat(withHardening("noexecMounts", "/tmp /proc"))
                .contains("noexec mounts        code may not be mapped from /tmp /proc");
        assertThat(Restriction.of("selinux", "enforcing").meaning()).startsWith("enforcing: its rules");
        assertThat(Restriction.of("selinux", "on, mode not readable").meaning())
                .startsWith("on, and its policy hides whether it is enforcing: its rules");
        assertThat(Restriction.of("mdwe", "on").meaning()).startsWith("on: memory");
        assertThat(Restriction.of("seccomp", "filter").meaning()).startsWith("filter: some");
        assertThat(Restriction.of("seccomp", "unknown").meaning()).startsWith("unknown: the system");
        assertThat(Restriction.of("memfdNoexec", "2").meaning()).contains("never", "vm.memfd_noexec is 2");
        assertThat(Restriction.of("branchProtection", "ibt user_shstk").meaning())
                .isEqualTo("this processor has indirect branch tracking (ibt), shadow stacks (user_shstk)");
    }

    @Test
    void restrictionsThatAreNewToTheDoctorAreShownAsTheyAre() {
        assertThat(withHardening("landlock", "3 rules")).contains("landlock             3 rules");
    }
}
