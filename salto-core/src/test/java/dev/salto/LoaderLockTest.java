// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Native code calls closures while it holds a lock of the dynamic loader, which other threads wait
 * for: nothing in a callback does.
 */
@Tag("host")
final class LoaderLockTest {
    private static void assertGoesOn(String place, String called, String hearer) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "LoaderLock",
                new String[]{place, called, hearer});

        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
        assertThat(child.value("missed")).isEqualTo("0");
        assertThat(child.value("unheard")).isEqualTo("0");
        assertThat(child.value("left")).isEqualTo("0");
    }

    @ParameterizedTest(name = "while {0}, heard of by the {1}")
    @CsvSource({"iterating, report", "iterating, handler", "loading, report", "loading, handler"})
    void callsOfClosedClosuresAreReported(String place, String hearer) throws Exception {
        assertGoesOn(place, "closed", hearer);
    }

    @ParameterizedTest(name = "while {0}")
    @CsvSource({"iterating", "loading"})
    void tablesAreAdded(String place) throws Exception {
        assertGoesOn(place, "added", "handler");
    }
}
