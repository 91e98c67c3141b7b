// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Behaviour without static trampolines, by policy. The JVMs of their own are told to look for the
 * code where it is not.
 */
final class PolicyTest {
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";
    private static final String NO_TEXT = "-Ddev.salto.text.sources=property";

    private static List<String> warnings(ChildJvm child) {
        return child.output().stream().filter(line -> line.startsWith("WARNING: Static trampolines")).toList();
    }

    @Test
    @Tag("host")
    void withoutAPolicyNothingIsMadeAtRunTime() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, NO_TEXT);

        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("mechanism")).isEqualTo("none");
    }

    @Test
    @Tag("host")
    void closuresFallBackToUpcallStubsWhereThatIsAllowed() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.policy=dynamic-allowed");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("mechanism")).isEqualTo("dynamic");
        assertThat(child.value("type")).isEqualTo("dynamic");
        assertThat(child.value("closures")).isEqualTo("3");
        assertThat(child.value("done")).isEqualTo("all answers were right");
    }

    @Test
    @Tag("host")
    void theFallbackIsWarnedOfOnce() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.policy=dynamic-allowed");

        assertThat(warnings(child)).hasSize(1);
        assertThat(child.output()).anyMatch(line -> line.contains("-Ddev.salto.text is not set"));
    }

    @Test
    @Tag("host")
    void aProgramCanAllowTheFallbackItself() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Dset.policy=DYNAMIC_ALLOWED");

        assertThat(child.value("done")).isEqualTo("all answers were right");
    }

    @Test
    @Tag("host")
    void aProgramCanForbidTheFallbackThatAPropertyAllows() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.policy=dynamic-allowed", "-Dset.policy=STATIC");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output()).anyMatch(line -> line.contains("TrampolinesUnsupportedException"));
    }

    @Test
    @Tag("host")
    void rawTrampolinesStayUnsupported() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, NO_TEXT,
                "-Ddev.salto.policy=dynamic-allowed");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("answer")).isEqualTo("42");
        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
    }

    @Test
    @Tag("host")
    void whereStaticTrampolinesWorkTheyAreUsedUnderEveryPolicy() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED,
                "-Ddev.salto.policy=dynamic-allowed");

        assertThat(child.value("mechanism")).isEqualTo("static");
        assertThat(warnings(child)).isEmpty();
    }

    @Test
    @Tag("host")
    void aMachineForWhichTheJdkHasNoLinkerIsReportedAsSuch() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, "-Dos.arch=sparcv9",
                "-Ddev.salto.policy=dynamic-allowed");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.value("problem")).contains("sparcv9", "x86_64");
    }

    @Test
    @Tag("host")
    void aPolicyThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.policy=dynamic");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output())
                .anyMatch(line -> line.contains("-Ddev.salto.policy=dynamic")
                        && line.contains("static, dynamic-allowed"));
    }

    @Test
    void thePolicyIsStaticUnlessSaidOtherwise() {
        assertThat(Salto.policy()).isEqualTo(Policy.STATIC);
        assertThat(Salto.report().policy()).isEqualTo(Policy.STATIC);
    }
}
