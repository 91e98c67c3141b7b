// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.libuv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** libuv calls Java. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class LibuvExampleTest {
    @Test
    void timersRunInTheOrderOfTheirTimesAndCloseThemselves() {
        List<String> seen = new ArrayList<>();
        try (LibuvExample loop = new LibuvExample()) {
            loop.after(30, () -> seen.add("last"));
            loop.after(0, () -> {
                seen.add("first");
                loop.after(1, () -> seen.add("second"));
            });
            loop.run();
        }
        assertThat(seen).containsExactly("first", "second", "last");
        LibuvExample.TIMER_CALLBACK.requireNoneOpen();
    }

    @Test
    void theLoopGoesOnAfterAnExceptionOfATask() {
        List<String> seen = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> seen.add(e.getMessage()));
        try (LibuvExample loop = new LibuvExample()) {
            loop.after(0, () -> {
                throw new IllegalStateException("one task fails");
            });
            loop.after(1, () -> seen.add("another task runs"));
            loop.run();
        }
        assertThat(seen).containsExactly("one task fails", "another task runs");
        LibuvExample.TIMER_CALLBACK.requireNoneOpen();
    }
}
