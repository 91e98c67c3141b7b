// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closures where Salto has no port, in JVMs of their own that report such systems. */
@Tag("host")
final class WithoutPortTest {
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";

    /** The name of a system that the JDK has a linker for, as that of Linux. */
    private static final String OTHER_SYSTEM = "-Dos.name=FreeBSD";

    @TempDir
    private Path folder = Path.of("");

    private static ChildJvm run(String program, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(ALLOWED));
        all.addAll(Arrays.asList(options));
        return ChildJvm.run(ChildJvm.libraryClasses(), program, all.toArray(String[]::new));
    }

    private static List<String> linesAbout(ChildJvm child, String text) {
        return child.output().stream().filter(line -> line.contains(text)).toList();
    }

    @ParameterizedTest
    @CsvSource({"Windows 11,aarch64", "Mac OS X,aarch64", "FreeBSD,amd64", "Linux,sparcv9"})
    void closuresOfEachKindWorkFromTheFirstCallWithoutAnyProperty(String system, String architecture)
            throws Exception {
        // The linker is this machine's, whatever the architecture's name is.
        ChildJvm child = run("DynamicClosures", "-Dos.name=" + system, "-Dos.arch=" + architecture,
                "-Djdk.internal.foreign.CABI=SYS_V");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("done")).isEqualTo("all answers were right");
        assertThat(child.value("type")).isEqualTo("upcall-stubs");
        assertThat(child.value("mechanism")).isEqualTo("upcall-stubs");
        assertThat(child.value("closures")).isEqualTo("3");
    }

    @Test
    void oneLineOfTheLogSaysSoAsInformation() throws Exception {
        ChildJvm child = run("DynamicClosures", OTHER_SYSTEM);

        assertThat(linesAbout(child, "upcall stubs of the JDK")).singleElement().asString()
                .startsWith("INFO: ").contains("no port for FreeBSD on amd64", "Linux on x86_64");
        assertThat(linesAbout(child, "WARNING: Static trampolines")).isEmpty();
    }

    @Test
    void theReportSaysSo() throws Exception {
        ChildJvm child = run("TryCallback", OTHER_SYSTEM);

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("answer")).isEqualTo("42");
        assertThat(child.value("mechanism")).isEqualTo("upcall-stubs");
        assertThat(child.value("source")).isEqualTo("null");
        assertThat(child.value("problem")).contains("no port for FreeBSD on amd64", "Linux on x86_64");
        assertThat(child.value("writableExecutable")).isEqualTo("false");
    }

    @Test
    void theFlightRecorderHasAnEvent() throws Exception {
        Path file = folder.resolve("events.jfr");
        ChildJvm child = run("DynamicClosures", OTHER_SYSTEM,
                "-XX:StartFlightRecording:settings=none,filename=" + file);

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.salto.FallbackInUse")).toList();
        Files.delete(file);
        assertThat(events).singleElement()
                .satisfies(event -> assertThat(event.getString("reason")).contains("no port for FreeBSD"));
    }

    @Test
    void anApplicationCanStillRefuseCodeThatIsMadeAtRunTime() throws Exception {
        ChildJvm child = run("TryCallback", OTHER_SYSTEM, "-Ddev.salto.fallback=none");

        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("mechanism")).isEqualTo("none");
    }

    @Test
    void withoutALinkerOfTheJdkTheExceptionNamesBothReasons() throws Exception {
        ChildJvm child = run("TryCallback", "-Dos.arch=sparcv9");

        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("message")).contains("no port for Linux on sparcv9", "no linker");
        assertThat(child.value("mechanism")).isEqualTo("none");
    }

    @Test
    void withoutNativeAccessTheExceptionNamesTheOptionThatGrantsIt() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", "--illegal-native-access=deny",
                OTHER_SYSTEM);

        assertThat(child.value("exception")).isEqualTo(IllegalCallerException.class.getName());
        assertThat(child.value("message")).contains("--enable-native-access=dev.salto");
    }

    @Test
    void exceptionsAndCallsOfClosedClosuresAreHandledAsElsewhere() throws Exception {
        ChildJvm child = run("Failures", OTHER_SYSTEM);

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("thrown")).isEqualTo("0");
        assertThat(child.value("stale")).isEqualTo("0");
        assertThat(child.value("counted")).isEqualTo("1000");
        assertThat(child.value("exceptions")).isEqualTo("1");
        assertThat(linesAbout(child, "WARNING: Native code called a closure that was closed")).isNotEmpty();
    }

    @Test
    void allThatOnlyStaticTrampolinesCanDoIsRefusedWithTheReason() throws Exception {
        ChildJvm child = run("Differences", OTHER_SYSTEM);

        for (String name : List.of("trampoline", "table", "binding", "refused")) {
            assertThat(child.value(name)).startsWith("TrampolinesUnsupportedException: ")
                    .contains("no port for FreeBSD");
        }
        assertThat(child.value("reserved")).startsWith("IllegalStateException: ").contains("static trampolines");
        for (String name : List.of("data-driven", "variadic", "convention", "unsigned")) {
            assertThat(child.value(name)).startsWith("IllegalArgumentException: ")
                    .contains("static trampolines, which do not work here");
        }
        for (String name : List.of("long-double", "int128")) {
            assertThat(child.value(name)).startsWith("UnsupportedOperationException: ");
        }
        assertThat(child.value("float128")).startsWith("IllegalArgumentException: ").contains("linker does not know");
        assertThat(child.value("empty-struct")).startsWith("IllegalArgumentException: ").contains("end the JVM");
        assertThat(child.value("seal")).startsWith("IllegalStateException: ");
        assertThat(child.value("other")).isEqualTo("false");
    }

    @Test
    void callInterfacesOfTypesThatTheLinkerKnowsWork() throws Exception {
        ChildJvm child = run("Differences", OTHER_SYSTEM);

        for (String name : List.of("automatic", "gate", "char")) {
            assertThat(child.value(name)).isEqualTo("upcall-stubs");
        }
        assertThat(child.value("native")).isEqualTo("true");
        assertThat(child.value("fallback")).isEqualTo("upcall-stubs");
        assertThat(child.value("page-size")).isEqualTo("0");
        assertThat(child.value("hardening")).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Windows 11", "Mac OS X", "FreeBSD"})
    void theSignOfACharIsThatOfTheSystem(String system) throws Exception {
        ChildJvm child = run("Differences", "-Dos.name=" + system, "-Dos.arch=aarch64",
                "-Djdk.internal.foreign.CABI=SYS_V");

        // An unsigned result is one that upcall stubs do not widen.
        assertThat(child.value("char"))
                .startsWith(system.equals("FreeBSD") ? "IllegalArgumentException" : "upcall-stubs");
    }
}
