// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that gives up rights after it has started: closures are still made by the million,
 * since tables grow out of the first one.
 */
final class LockedDownLaterIT {
    @TempDir
    private Path folder = Path.of("");

    private ChildJvm run(String... steps) throws Exception {
        return Launch.withModule(folder, Launch.packedLibrary())
                .options(Launch.CODE_CACHE_OF_FIXED_SIZE)
                .run(steps);
    }

    private static void assumeTheKernelHas(String lockdown, ChildJvm child) {
        Assumptions.assumeFalse(child.value(lockdown).endsWith("errno 22"),
                "skipped: the kernel lacks PR_SET_MDWE, which came with Linux 6.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mdwe", "refuse-writable-executable", "refuse-executable"})
    void closuresAreMadeByTheMillionOnceThereIsOne(String lockdown) throws Exception {
        ChildJvm child = run("bind 1", lockdown, "refuse-memfd", "bind 1000000", "call");

        assumeTheKernelHas(lockdown, child);
        assertThat(child.output()).containsExactly("bind=done", lockdown + "=done", "refuse-memfd=done", "bind=done",
                "call=done");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mdwe", "refuse-writable-executable", "refuse-executable"})
    void closuresAreMadeByTheMillionWhereSaltoWasOnlyInitialised(String lockdown) throws Exception {
        ChildJvm child = run("initialize", lockdown, "refuse-memfd", "bind 1000000", "call");

        assumeTheKernelHas(lockdown, child);
        assertThat(child.output()).containsExactly("initialize=done", lockdown + "=done", "refuse-memfd=done",
                "bind=done", "call=done");
        assertThat(child.exitCode()).isZero();
    }
}
