// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.FailingCalls;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A call to the system fails during the search for the text image. Nothing remains, and the next
 * attempt succeeds.
 */
@Tag("host") // the same code on every architecture
final class RefusedImageTest {
    private static final int MOST_CALLS = 20;

    /** EMFILE. */
    private static final int TOO_MANY_OPEN_FILES = 24;

    /** EACCES. */
    private static final int PERMISSION_DENIED = 13;

    /** Those on the way to a mapped image. */
    private static final Set<FailingCalls.Call> CALLS = EnumSet.range(FailingCalls.Call.OPEN, FailingCalls.Call.MMAP);

    private final TextIndex index;

    RefusedImageTest() throws TextImageException {
        TextImage.get();
        index = TextImage.readIndex(Ports.thisJvm().orElseThrow().architecture());
    }

    @AfterEach
    void allSourcesAgain() {
        System.clearProperty(Settings.SOURCES);
    }

    static Stream<Arguments> failures() {
        return Stream.of("class-folder", "memfd", "file", "class-folder,memfd,file")
                .flatMap(sources -> CALLS.stream()
                        .flatMap(call -> call.errors().mapToObj(errno -> Arguments.of(sources, call, errno))));
    }

    @ParameterizedTest(name = "{1} fails with errno {2} while {0} is tried")
    @MethodSource("failures")
    void nothingRemainsOfAnAttemptThatFails(String sources, FailingCalls.Call call, int errno) throws Exception {
        System.setProperty(Settings.SOURCES, sources);
        for (int before = 0; before < MOST_CALLS; before++) {
            boolean hasFailed;
            try (FailingCalls calls = FailingCalls.once(call, before, errno)) {
                tryOnce();
                hasFailed = calls.hasFailed();
                assertThat(calls.mappedCode()).as("mapped code, after %d calls", before).isEmpty();
                assertThat(calls.openFiles()).as("open files, after %d calls", before).isEmpty();
            }
            assertThat(tryOnce()).as("the next attempt").isTrue();
            if (!hasFailed) {
                return;
            }
        }
        throw new AssertionError("more than " + MOST_CALLS + " calls");
    }

    /** Maps the image once more, and unmaps it. */
    private boolean tryOnce() throws Exception {
        try {
            TextImage.find(index).unmap();
            return true;
        } catch (TextImageException e) {
            assertThat(e.tried()).isNotEmpty().allSatisfy(attempt -> assertThat(attempt.reason()).isNotBlank());
            return false;
        }
    }

    @Test
    void aRefusalNamesTheLabelOfTheFileAndTheRemedy() {
        System.setProperty(Settings.SOURCES, "class-folder");
        try (FailingCalls _ = FailingCalls.always(FailingCalls.Call.MMAP, PERMISSION_DENIED,
                "system_u:object_r:usr_t:s0")) {
            assertThatThrownBy(() -> TextImage.find(index)).hasMessageContainingAll(
                    "MMAP for a test failed: permission denied (errno 13)", "system_u:object_r:usr_t:s0",
                    "{ read map execute }", "semanage fcontext -a -t lib_t", "restorecon",
                    "-Ddev.salto.text.sources");
        }
    }

    @Test
    void aRefusalWithoutALabelNamesNone() {
        System.setProperty(Settings.SOURCES, "memfd");
        try (FailingCalls _ = FailingCalls.always(FailingCalls.Call.MMAP, PERMISSION_DENIED)) {
            assertThatThrownBy(() -> TextImage.find(index)).hasMessageContaining("permission denied")
                    .hasMessageNotContaining("SELinux");
        }
    }

    @Test
    void aRefusalNamesTheCallAndTheReason() {
        System.setProperty(Settings.SOURCES, "class-folder");
        try (FailingCalls _ = FailingCalls.always(FailingCalls.Call.OPEN, TOO_MANY_OPEN_FILES)) {
            assertThatThrownBy(() -> TextImage.find(index)).isInstanceOfSatisfying(TextImageException.class,
                    e -> assertThat(e.tried()).extracting(TextAttempt::reason).containsExactly(
                            "OPEN for a test failed: too many open files in the process (errno 24)"));
        }
    }
}
