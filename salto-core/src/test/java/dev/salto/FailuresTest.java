// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The output of a process when callbacks fail, and its end if the user wants that. Each test has a
 * JVM of its own.
 */
@Tag("host")
final class FailuresTest {
    private static ChildJvm run(String... options) throws Exception {
        return ChildJvm.run(ChildJvm.libraryClasses(), "Failures", options);
    }

    private static String output(ChildJvm child) {
        return String.join("\n", child.output());
    }

    @Test
    void byDefaultBothAreReportedAndTheProcessGoesOn() throws Exception {
        ChildJvm child = run();

        assertThat(child.exitCode()).isZero();
        assertThat(child.value("thrown")).isEqualTo("0");
        assertThat(child.value("stale")).isEqualTo("0");
        assertThat(child.value("counted")).isEqualTo("1000");
        assertThat(output(child)).contains(
                "WARNING: An exception left a callback: java.util.function.IntBinaryOperator, int(int, int), bound to a dev.salto.child.Failures",
                "java.lang.IllegalStateException: of the callback", "dev.salto.Log write",
                "WARNING: Native code called a closure that was closed: java.util.function.IntBinaryOperator",
                "bound to a dev.salto.child.Failures", "called by thread main, from native code that is not known");
        // Ten at once, and one a second.
        assertThat(child.output().stream().filter(line -> line.contains("WARNING: Native code called")).count())
                .isBetween(10L, 100L);
    }

    /** The loggers of the process may be closed when it ends. */
    @Test
    void noCallWaitsForTheLogAndEachIsLoggedOrCounted() throws Exception {
        // Each second one more report passes, until there is no room for those that wait.
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "HeldUpLog", new String[]{"10"});

        assertThat(child.value("heldUp")).isEqualTo("Salto reports");
        long logged = child.output().stream().filter(line -> line.contains("Native code called a closure")).count();
        long[] counts = Pattern.compile("(\\d+) more calls of closed closures").matcher(output(child)).results()
                .mapToLong(match -> Long.parseLong(match.group(1))).toArray();
        long counted = LongStream.of(counts).sum();
        assertThat(logged).isGreaterThan(10);
        // The one that is under way when the process ends may be printed twice, with its count.
        Stream<Long> twice = LongStream.concat(LongStream.of(0), LongStream.of(counts)).mapToObj(count -> 1 + count);
        assertThat(logged + counted - Long.parseLong(child.value("calls")))
                .isIn(Stream.concat(Stream.of(0L), twice).toList());
        assertThat(output(child)).contains("Java called the native code here:",
                "dev.salto.child.HeldUpLog.main(HeldUpLog.java:");
    }

    @Test
    void exceptionsByTheThousandAreLoggedAtALimitedRate() throws Exception {
        ChildJvm child = run("-Dtest.thrown=5000");

        assertThat(child.value("exceptions")).isEqualTo("5000");
        // Ten at once, and one a second.
        assertThat(child.output().stream().filter(line -> line.contains("An exception left a callback")).count())
                .isBetween(10L, 100L);
        assertThat(output(child)).doesNotContain("Exception in thread", "dev.salto.internal.text.Warnings log");
    }

    @Test
    void closesAreTracedOnRequest() throws Exception {
        assertThat(output(run("-Ddev.salto.trace.close=true"))).contains("The closure was closed here:",
                "dev.salto.Closure.close(Closure.java:", "dev.salto.child.Failures.main(Failures.java:");
    }

    @Test
    void theProcessStopsAtAUseAfterFreeIfThatIsThePolicy() throws Exception {
        ChildJvm child = run("-Ddev.salto.use-after-free=end-process");

        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.value("thrown")).isEqualTo("0");
        assertThat(child.values("stale")).isEmpty();
        assertThat(output(child)).contains("dev.salto: FATAL: Native code called a closure that was closed",
                "The process ends, as the policy is.");
    }

    @Test
    void mistakenSettingsAreNamed() throws Exception {
        assertThat(output(run("-Ddev.salto.use-after-free=ignore")))
                .contains("-Ddev.salto.use-after-free=ignore is no policy; use log, throw or end-process");
        assertThat(output(run("-Ddev.salto.quarantine=many")))
                .contains("-Ddev.salto.quarantine=many is no number of slots; it has to be one from 0 to ");
        assertThat(output(run("-Ddev.salto.quarantine=-1"))).contains("-Ddev.salto.quarantine=-1 is no number");
    }

    /** As with the JDK's stubs: the exception is printed, and the JVM ends with an error. */
    @Test
    void theProcessEndsAtAnExceptionIfThatIsThePolicy() throws Exception {
        ChildJvm child = run("-Dtest.end=true");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.values("thrown")).isEmpty();
        assertThat(output(child)).contains("java.lang.IllegalStateException: of the callback");
    }

    @Test
    void theProcessEndsAtAnExceptionOfALinkersStubThoughItsOptionsAreForSomethingElse() throws Exception {
        ChildJvm child = run("-Dtest.linker=true");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.values("thrown")).isEmpty();
        assertThat(output(child)).contains("java.lang.IllegalStateException: of the stub");
    }
}
