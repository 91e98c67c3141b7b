// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The C++ side of JavaCPP's callbacks. */
final class JavaCppLibraryTest {
    @TempDir
    private Path folder = Path.of("");

    private Path program(String name, boolean isExecutable) throws IOException {
        Path file = Files.createDirectories(folder.resolve(name).getParent()).resolve(Path.of(name).getFileName());
        Files.createFile(file);
        assertThat(file.toFile().setExecutable(isExecutable)).isTrue();
        return file;
    }

    @Test
    void aCompilerIsFoundInAnyFolderOfThePath() throws Exception {
        Path other = program("second/clang++", true);
        String path = folder.resolve("first") + "::" + folder.resolve("second");

        assertThat(JavaCppLibrary.findCompiler(path)).isEqualTo(other);

        program("first/g++", false);
        assertThat(JavaCppLibrary.findCompiler(path)).isEqualTo(other);

        Path preferred = program("second/g++", true);
        assertThat(JavaCppLibrary.findCompiler(path)).isEqualTo(preferred);
    }

    @Test
    void withoutACompilerItSaysHowToGetOne() {
        assertThatThrownBy(() -> JavaCppLibrary.findCompiler(folder.toString()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("no C++ compiler for its callbacks is on the PATH", "g++, c++, clang++",
                        "apt-get install g++");
    }

    @Test
    void whatIsUpToDateIsNotCompiledAgain() throws Exception {
        try {
            JavaCppLibrary.build();
        } catch (UnsupportedOperationException e) {
            abort(e.getMessage());
        }
        Path library = Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"))
                .resolve(System.mapLibraryName(JavaCppFunctions.LIBRARY));
        FileTime early = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));
        Files.setLastModifiedTime(library, early);

        JavaCppLibrary.build();
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(early);
    }
}
