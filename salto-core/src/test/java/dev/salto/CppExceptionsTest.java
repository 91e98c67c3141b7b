// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C++ exceptions that are thrown behind a function pointer of Salto, and caught by its caller. */
@Tag("host")
final class CppExceptionsTest {
    private static final String SOURCE = """
            extern "C" int throw_with_one(int a, void *) { throw a; }
            extern "C" int throw_with_nine(int a, int, int, int, int, int, int, int, int, void *) { throw a; }
            extern "C" int catch_from_one(int (*f)(int))
            {
                    try { return f(42) - 1000; } catch (int caught) { return caught; }
            }
            extern "C" int catch_from_nine(int (*f)(int, int, int, int, int, int, int, int, int))
            {
                    try { return f(42, 2, 3, 4, 5, 6, 7, 8, 9) - 1000; } catch (int caught) { return caught; }
            }
            """;

    /** How a process ends by abort(), to a shell. */
    private static final int ABORTED = 128 + 6;

    @TempDir
    private static Path folder;

    private static Path library;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Optional<Path> compiler = Stream.of("g++", "c++", "clang++")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(path -> Path.of(path, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(compiler.isPresent(), "no C++ compiler is on the PATH; Debian: apt-get install g++");
        Path source = Files.writeString(folder.resolve("exceptions.cpp"), SOURCE);
        library = folder.resolve("libexceptions.so");
        ChildJvm compiled = ChildProcess.run(compiler.orElseThrow().toString(), "-shared", "-fPIC", "-O1", "-o",
                library.toString(), source.toString());
        assertThat(compiled.output()).isEmpty();
    }

    private static ChildJvm call(String pointer) throws IOException, InterruptedException {
        return ChildJvm.runWith(ChildJvm.libraryClasses(), "CppExceptions",
                new String[]{library.toString(), pointer}, "--enable-native-access=dev.salto,ALL-UNNAMED");
    }

    /** They jump, so that no frame of theirs is on the stack. */
    @ParameterizedTest
    @ValueSource(strings = {"trampoline", "binding"})
    void theyPassTrampolinesAndBindingsWhoseContextIsInARegister(String pointer) throws Exception {
        assertThat(call(pointer).values("caught")).isEqualTo(List.of("42"));
    }

    /** As {@link NativeBinding} and {@link Callbacks} say. */
    @ParameterizedTest
    @ValueSource(strings = {"binding-on-the-stack", "callback"})
    void theyEndTheProcessAtBindingsWhoseContextIsOnTheStackAndAtJava(String pointer) throws Exception {
        ChildJvm child = call(pointer);

        assertThat(child.output()).anySatisfy(line -> assertThat(line).contains("terminate called"));
        assertThat(child.exitCode()).isEqualTo(ABORTED);
    }
}
