// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.child.Situation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths that are legal and rare: Salto maps the right file, and its report names it. */
final class PathsIT {
    private static final int LONG = 4000;

    /**
     * A name that the script below replaces, because the locale of the test's JVM may lack the
     * characters.
     */
    private static final String ODD = "@odd@";

    @TempDir
    private Path folder = Path.of("");

    static List<String> names() {
        return List.of("two  spaces ", "two\nlines", "\u00fcml\u00e4ut \u6771\u4eac", "100%20?#&;'\"\\", "a!/b.jar!/c",
                "long");
    }

    /** Fewer, for what takes a path apart in the same way. */
    static List<String> fewNames() {
        return List.of("two  spaces\nin two lines \u00fcml\u00e4ut \u6771\u4eac 100%20?#&;'\"\\", "a!/b.jar!/c",
                "long");
    }

    /**
     * A folder's name, filled up with folders so that a file in it has a path of 4,000 characters.
     */
    private String fillUp(String name, String file) {
        if (!name.equals("long")) {
            return name;
        }
        StringBuilder path = new StringBuilder(name);
        int left = LONG - folder.toString().length() - file.length() - 2 - name.length();
        while (left > 0) {
            // No folder may have a name of more than 255 characters, or of none.
            int next = left > 220 ? 200 : left - 1;
            path.append('/').append("x".repeat(next));
            left -= next + 1;
        }
        return path.toString();
    }

    /** Copies something to an odd folder, and starts with it there. */
    private ChildJvm run(Launch launch, Path original, String odd) throws Exception {
        StringBuilder octal = new StringBuilder();
        for (byte b : odd.getBytes(StandardCharsets.UTF_8)) {
            octal.append("\\%03o".formatted(b & 0xff));
        }
        String script = """
                odd=$1/$(printf '%b' "$2")
                mkdir -p "$odd"
                cp -r "$3" "$odd"
                shift 3
                exec "${@//@odd@/"$odd"}"
                """;
        return launch.environment("LC_ALL", "C.UTF-8")
                .by("bash", "-e", "-c", script, "odd", folder.toString(), octal.toString(), original.toString())
                .run("bind 10000", "call", "report", "maps");
    }

    private Launch inPlace(Path library) throws Exception {
        return Launch.withModule(folder, library).options("-Ddev.salto.text.sources=class-folder,jar");
    }

    private void assertMapped(ChildJvm child, String source, String odd, String file) {
        String path = folder + "/" + odd + "/" + file;
        assertThat(child.value("mechanism")).as("%s", child.output()).isEqualTo("trampolines");
        assertThat(child.value("source")).isEqualTo(source);
        assertThat(child.value("location")).contains(Situation.oneLine(path));
        // The kernel's way to write it in one line.
        assertThat(child.values("mapped")).containsExactly(Situation.oneLine(path.replace("\n", "\\012")));
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aJarMayBeAnywhere(String name) throws Exception {
        String odd = fillUp(name, "salto.jar");
        Path jar = Launch.packedLibrary(folder);

        ChildJvm child = run(inPlace(Path.of(ODD, "salto.jar")), jar, odd);

        assertMapped(child, "jar", odd, "salto.jar");
    }

    @ParameterizedTest
    @MethodSource("fewNames")
    void aClassFolderMayBeAnywhere(String name) throws Exception {
        String file = "salto/" + Launch.IMAGE;
        String odd = fillUp(name, file);
        Path classes = Launch.unpackedLibrary(folder);

        ChildJvm child = run(inPlace(Path.of(ODD, "salto")), classes, odd);

        assertMapped(child, "class-folder", odd, file);
    }

    @ParameterizedTest
    @MethodSource("fewNames")
    void anImageThatAPropertyNamesMayBeAnywhere(String name) throws Exception {
        String odd = fillUp(name, "image");
        Path image = Files.copy(
                Launch.unpackedLibrary(folder).resolve(Launch.IMAGE),
                folder.resolve("image"));
        Launch launch = Launch.withModule(folder, Launch.packedLibrary(folder))
                .options("-Ddev.salto.text=" + ODD + "/image");

        assertMapped(run(launch, image, odd), "property", odd, "image");
    }

    @ParameterizedTest
    @MethodSource("fewNames")
    void anInstalledImageMayBeAnywhere(String name) throws Exception {
        String odd = fillUp(name, "libsalto-x86_64.so");
        Path image = Launch.unpackedLibrary(folder).resolve(Launch.IMAGE);
        Launch launch = Launch.withModule(folder, Launch.packedLibrary(folder))
                .options("-Djava.library.path=/nowhere:" + ODD);

        assertMapped(run(launch, image, odd), "installed", odd, "libsalto-x86_64.so");
    }
}
