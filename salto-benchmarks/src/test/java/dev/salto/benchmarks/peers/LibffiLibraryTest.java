// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How libffi is had built; {@code ./salto bench} tries the script itself. */
final class LibffiLibraryTest {
    @TempDir
    private Path folder = Path.of("");

    private final List<String> steps = new ArrayList<>();

    private void build(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        LibffiLibrary.STATIC.build(file, folder.resolve("libffi.so.8"), steps::add);
    }

    @Test
    void stepsAreToldOneByOne() throws Exception {
        build("echo '  libffi: fetching' >&2; echo '  libffi 3.8: compiling' >&2; [ $1 = static ] && touch \"$2\"");

        assertThat(steps).containsExactly("libffi: fetching", "libffi 3.8: compiling");
        assertThat(folder.resolve("libffi.so.8")).exists();
    }

    @Test
    void aFailureIsWhatTheScriptSaysInOneLine() {
        assertThatThrownBy(() -> build("""
                echo '  libffi: fetching' >&2
                echo 'E: no such host' >&2
                echo 'salto: it could not be fetched.' >&2
                echo '       Check the network.' >&2
                exit 3
                """)).isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("it could not be built: E: no such host it could not be fetched. Check the network.");
        assertThat(steps).containsExactly("libffi: fetching");
    }

    @Test
    void aScriptThatMakesNothingIsAtFault() {
        assertThatThrownBy(() -> build("exit 0")).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("script", "has not made", "libffi.so.8");
    }

    @Test
    void aScriptThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> LibffiLibrary.STATIC.build(missing, folder.resolve("x"), steps::add))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining(missing.toString());
    }
}
