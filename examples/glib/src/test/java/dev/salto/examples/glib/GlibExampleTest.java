// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.glib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.examples.glib.GlibExample.Action;
import dev.salto.examples.glib.GlibExample.MainLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** GLib calls Java. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class GlibExampleTest {
    @Test
    void aTimerCallsJavaUntilItSaysStopAndGlibThenClosesIt() {
        List<Integer> calls = new ArrayList<>();
        try (MainLoop loop = new MainLoop()) {
            loop.every(1, () -> {
                calls.add(calls.size());
                return calls.size() < 5;
            });
            loop.every(20, () -> {
                if (calls.size() < 5) {
                    return true;
                }
                loop.quit();
                return false;
            });
            loop.run();
        }
        assertThat(calls).containsExactly(0, 1, 2, 3, 4);
        GlibExample.SOURCE_FUNCTION.requireNoneOpen();
    }

    @Test
    void eachHandlerOfASignalIsCalledAndFreeingTheActionClosesThem() {
        List<String> seen = new ArrayList<>();
        try (Action action = new Action("greet")) {
            action.onActivate(() -> seen.add("first"));
            action.onActivate(() -> seen.add("second"));
            action.activate();

            assertThat(seen).containsExactly("first", "second");
        }
        GlibExample.ACTIVATE_HANDLER.requireNoneOpen();
    }

    @Test
    void anExceptionOfASignalsHandlerEndsTheLoopAndReachesItsCaller() {
        try (MainLoop loop = new MainLoop(); Action action = new Action("fail")) {
            action.onActivate(() -> {
                throw new UnsupportedOperationException("not yet");
            });
            loop.every(1, () -> {
                action.activate();
                return true;
            });

            assertThatThrownBy(loop::run).isInstanceOf(UnsupportedOperationException.class).hasMessage("not yet");
        }
    }
}
