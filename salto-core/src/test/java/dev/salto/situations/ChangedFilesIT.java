// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.PackedLibrary;
import dev.salto.TrampolinesUnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The file with the image changes under a running program. There is the right code or a clear
 * refusal, but never other code and never a crash.
 */
final class ChangedFilesIT {
    @TempDir
    private Path folder = Path.of("");

    /** In what the library is, and which of its files is changed. */
    enum Library {
        JAR("salto.jar") {
            @Override
            Path put(Path folder) throws IOException {
                return Launch.packedLibrary(folder);
            }
        },
        CLASS_FOLDER("salto/" + Launch.IMAGE) {
            @Override
            Path put(Path folder) throws IOException {
                return Launch.unpackedLibrary(folder);
            }
        };

        private final String changing;

        Library(String changing) {
            this.changing = changing;
        }

        abstract Path put(Path folder) throws IOException;
    }

    static List<Arguments> changes() {
        List<Arguments> all = new ArrayList<>();
        for (Library library : Library.values()) {
            for (String change : List.of("rename %2$s -> %1$s", "delete %1$s", "forbid-reading %1$s")) {
                all.add(Arguments.of(library, change));
            }
        }
        return all;
    }

    /** Goes through the steps, one of which is {@code change}. */
    private ChildJvm run(Library library, String change, String... steps) throws Exception {
        Path place = library.put(folder);
        Path changing = folder.resolve(library.changing);
        String changed = change.formatted(changing, otherVersion(changing));
        return Launch.withModule(folder, place)
                .by(Launch.withoutCapabilities())
                .run(Arrays.stream(steps).map(s -> s.equals("change") ? changed : s).toArray(String[]::new));
    }

    /**
     * A copy in which all code is other code: each byte of the image is an {@code int3}, which ends
     * the process when it is reached.
     */
    private Path otherVersion(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] image = Files.readAllBytes(
                Launch.unpackedLibrary(Files.createDirectories(folder.resolve("image"))).resolve(Launch.IMAGE));
        int place = indexOf(image, content);
        Arrays.fill(content, place, place + image.length, (byte) 0xcc);
        return Files.write(folder.resolve("other version"), content);
    }

    private static int indexOf(byte[] part, byte[] whole) {
        for (int i = 0; i + part.length <= whole.length; i++) {
            if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("the image is not stored as it is");
    }

    private static void assertDoneOrRefused(String result, String why) {
        if (!result.equals("done")) {
            assertThat(result).startsWith(TrampolinesUnsupportedException.class.getName() + ": ").contains(why);
        }
    }

    @ParameterizedTest
    @MethodSource("changes")
    void beforeTheFirstClosureThereIsTheRightCodeOrARefusal(Library library, String change) throws Exception {
        ChildJvm child = run(library, change, "load", "change", "bind 10000", "call");

        assertThat(child.output()).contains("load=done", change.split(" ", 2)[0] + "=done");
        assertDoneOrRefused(child.value("bind"), Path.of(library.changing).getFileName().toString());
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void onceInitialisedNothingComesFromTheFile(Library library, String change) throws Exception {
        ChildJvm child = run(library, change, "initialize", "change", "bind 100000", "call");

        assertThat(child.output()).containsExactly("initialize=done", change.split(" ", 2)[0] + "=done", "bind=done",
                "call=done");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void afterTheFirstClosureNothingComesFromTheFile(Library library, String change) throws Exception {
        ChildJvm child = run(library, change, "bind 1", "change", "bind 100000", "call");

        assertThat(child.output()).containsExactly("bind=done", change.split(" ", 2)[0] + "=done", "bind=done",
                "call=done");
        assertThat(child.exitCode()).isZero();
    }

    static Stream<Arguments> sourcesInMemory() {
        return Stream.of(Library.values())
                .flatMap(library -> Stream.of("", "memfd").map(sources -> Arguments.of(library, sources)));
    }

    /**
     * By {@code cp}, or a rebuild. A write into a mapped file changes the mapping. A file in
     * memory is out of reach.
     */
    @ParameterizedTest(name = "{0}, with -Ddev.salto.text.sources={1}")
    @MethodSource("sourcesInMemory")
    void aLibraryThatIsOverwrittenInPlaceDoesNoHarm(Library library, String sources) throws Exception {
        Assumptions.assumeTrue(!sources.isEmpty() || PackedLibrary.usualSource("jar").equals("memfd"),
                "skipped: under a filter for system calls, Salto maps its files in place unless it is told otherwise");
        Path place = library.put(folder);
        Path changing = folder.resolve(library.changing);

        ChildJvm child = Launch.withModule(folder, place)
                .options("-Ddev.salto.text.sources=" + sources)
                .run("bind 10000", "call", "report", "overwrite " + changing, "call", "bind 10000",
                        "truncate " + changing,
                        "bind 10000", "call");

        assertThat(child.value("source")).isEqualTo("memfd");
        assertThat(child.values("bind")).containsExactly("done", "done", "done");
        assertThat(child.values("call")).containsExactly("done", "done", "done");
        assertThat(child.exitCode()).isZero();
    }
}
