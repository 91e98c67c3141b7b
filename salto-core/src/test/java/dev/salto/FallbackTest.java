// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Behaviour without static trampolines, by fallback. The JVMs of their own are told to look for the
 * code where it is not.
 */
final class FallbackTest {
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";
    private static final String NO_TEXT = "-Ddev.salto.text.sources=property";

    private static List<String> warnings(ChildJvm child) {
        return child.output().stream().filter(line -> line.startsWith("WARNING: Static trampolines")).toList();
    }

    @Test
    @Tag("host")
    void withoutAFallbackNothingIsMadeAtRunTime() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, NO_TEXT);

        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
        assertThat(child.value("mechanism")).isEqualTo("none");
    }

    @Test
    @Tag("host")
    void closuresFallBackToUpcallStubsWhereThatIsAllowed() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.fallback=upcall-stubs");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("mechanism")).isEqualTo("upcall-stubs");
        assertThat(child.value("type")).isEqualTo("upcall-stubs");
        assertThat(child.value("closures")).isEqualTo("3");
        assertThat(child.value("done")).isEqualTo("all answers were right");
    }

    @Test
    @Tag("host")
    void theFallbackIsWarnedOfOnce() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.fallback=upcall-stubs");

        assertThat(warnings(child)).hasSize(1);
        assertThat(child.output()).anyMatch(line -> line.contains("-Ddev.salto.text is not set"));
    }

    @Test
    @Tag("host")
    void aProgramCanAllowTheFallbackItself() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Doverride.fallback=UPCALL_STUBS");

        assertThat(child.value("done")).isEqualTo("all answers were right");
    }

    @Test
    @Tag("host")
    void aProgramCanForbidTheFallbackThatAPropertyAllows() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.fallback=upcall-stubs", "-Doverride.fallback=NONE");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output()).anyMatch(line -> line.contains("TrampolinesUnsupportedException"));
    }

    @Test
    @Tag("host")
    void rawTrampolinesStayUnsupported() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, NO_TEXT,
                "-Ddev.salto.fallback=upcall-stubs");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("answer")).isEqualTo("42");
        assertThat(child.value("exception")).isEqualTo(TrampolinesUnsupportedException.class.getName());
    }

    @Test
    @Tag("host")
    void whereStaticTrampolinesWorkTheyAreUsedWhateverTheFallback() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED,
                "-Ddev.salto.fallback=upcall-stubs");

        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(warnings(child)).isEmpty();
    }

    @Test
    @Tag("host")
    void aMachineForWhichTheJdkHasNoLinkerIsReportedAsSuch() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TryCallback", ALLOWED, "-Dos.arch=sparcv9",
                "-Ddev.salto.fallback=upcall-stubs");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.value("problem")).contains("sparcv9", "x86_64");
    }

    @Test
    @Tag("host")
    void aFallbackThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "DynamicClosures", ALLOWED, NO_TEXT,
                "-Ddev.salto.fallback=stubs");

        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output())
                .anyMatch(line -> line.contains("-Ddev.salto.fallback=stubs")
                        && line.contains("none or upcall-stubs"));
    }

    @Tag("port")
    @Test
    void thereIsNoFallbackUnlessOneIsChosen() {
        assertThat(Salto.report().fallback()).isEqualTo(Fallback.NONE);
    }
}
