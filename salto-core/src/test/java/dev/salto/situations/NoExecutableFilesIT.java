// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.PackedLibrary;
import dev.salto.TrampolinesUnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No writable file can be executed: each file system is read-only or mounted noexec, and there are
 * no memory files. It is the situation for which Fedora made libffi's static trampolines, except
 * that those need no file at all.
 */
final class NoExecutableFilesIT {
    private static final String TESTS = "dev.salto.ClosureTest dev.salto.StaticLinkerTest dev.salto.CallInterfaceTest"
            + " dev.salto.NativeBindingTest dev.salto.TrampolineTest dev.salto.TrampolineTableTest dev.salto.CSignaturesTest";

    @TempDir
    private Path folder = Path.of("");

    /** A folder for the library, from which alone code may be mapped. */
    private Path readOnly = Path.of("");

    /** The only place where the JVM, or Salto, could put temporary files. */
    private Path temporary = Path.of("");

    private void makeFolders() throws IOException {
        readOnly = Files.createDirectory(folder.resolve("read-only"));
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    private Namespace nothingExecutable() throws Exception {
        return new Namespace().allReadOnlyOrNoexec().readOnly(readOnly);
    }

    private void assertAllTestsSucceed(Path library) throws Exception {
        // The tests' own libraries leave their JAR for a temporary file; that is over when Salto is
        // first used.
        Namespace namespace = nothingExecutable()
                .run("mount -t tmpfs -o exec none " + Namespace.quote(temporary))
                .run("cd " + Namespace.quote(temporary))
                .run("mkdir target"); // where the tests take notes
        ChildJvm child = Launch.withTests(library)
                .options("-Djava.io.tmpdir=" + temporary)
                // All of them run elsewhere.
                .options("-Ddev.salto.tests.sample=true", "-Ddev.salto.tests.divisor=20")
                .by(namespace.command())
                .run("load-callers", "remount-noexec " + temporary, "refuse-memfd", "test " + TESTS, "report", "maps");

        assertThat(child.value("remount-noexec")).isEqualTo("done");
        assertThat(child.value("refuse-memfd")).isEqualTo("done");
        assertThat(child.value("test")).isEqualTo("done");
        assertThat(Integer.parseInt(child.value("tests"))).isGreaterThan(80);
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.exitCode()).isZero();
    }

    private static void assertMappedFrom(Path file, String source, ChildJvm child) {
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.value("source")).isEqualTo(source);
        assertThat(child.value("location")).contains(file.toString());
        assertThat(child.values("mapped")).containsExactly(file.toString());
    }

    @Test
    void allTestsSucceedWithTheImageOnAReadOnlyFileSystem() throws Exception {
        makeFolders();

        assertAllTestsSucceed(Launch.unpackedLibrary(readOnly));
    }

    @Test
    void allTestsSucceedWithNothingButTheJarToMapFrom() throws Exception {
        makeFolders();

        assertAllTestsSucceed(Launch.packedLibrary(readOnly));
    }

    @Test
    void theImageIsMappedInPlace() throws Exception {
        makeFolders();
        Path jar = Launch.packedLibrary(readOnly);
        Path image = Launch.unpackedLibrary(readOnly).resolve(Launch.IMAGE);

        assertMappedFrom(jar, "jar", Launch.withModule(folder, jar)
                .by(nothingExecutable().command())
                .run("refuse-memfd", "bind 10000", "call", "report", "maps"));
        assertMappedFrom(image, "class-folder", Launch.withModule(folder, readOnly.resolve("salto"))
                .by(nothingExecutable().command())
                .run("refuse-memfd", "bind 10000", "call", "report", "maps"));
    }

    /** Where the attempt alone would be the end. */
    @Test
    void aFilterThatEndsTheProcessForAMemoryFileIsNotTried() throws Exception {
        Path jar = Launch.packedLibrary(folder);

        ChildJvm child = Launch.withModule(folder, jar)
                .run("load", "end-process-for-memfd", "initialize", "bind 10000", "call", "report", "maps");

        assertThat(child.value("end-process-for-memfd")).isEqualTo("done");
        assertThat(child.value("initialize")).isEqualTo("done");
        assertThat(child.value("call")).isEqualTo("done");
        assertMappedFrom(jar, "jar", child);
        assertThat(child.exitCode()).isZero();
    }

    /** With executable memory files and temporary folders to be had, too. */
    @Test
    void noFileIsWrittenToMapTheImageFromItsJar() throws Exception {
        List<String> strace = List.of("strace", "--follow-forks", "--quiet=all", "--trace=%file,memfd_create");
        Launch.assumeRuns("it needs strace, and the right to trace", List.of("strace", "true"));
        Path trace = folder.resolve("trace");

        ChildJvm child = Launch.withModule(folder, Launch.packedLibrary(folder))
                .options("-XX:-UsePerfData") // a file for other programs
                .options("-Ddev.salto.text.sources=property,installed,class-folder,jar")
                .by(strace).by("--output=" + trace)
                .run("load", "initialize", "bind 10000", "report", "maps");

        assertMappedFrom(folder.resolve("salto.jar"), "jar", child);
        assertThat(Files.readAllLines(trace))
                .anyMatch(call -> call.contains("salto.jar"))
                .noneMatch(call -> call.contains("memfd_create"))
                .noneMatch(NoExecutableFilesIT::mayWrite);
    }

    private static boolean mayWrite(String call) {
        return (call.contains("O_WRONLY") || call.contains("O_RDWR") || call.contains("O_CREAT")
                || call.contains("mkdir") || call.contains("rename") || call.contains("link("))
                && !call.contains("readlink(") && !call.contains("\"/proc/");
    }

    @Test
    void withNothingToMapFromEverythingThatWasTriedIsNamed() throws Exception {
        makeFolders();
        Path jar = Launch.packedLibrary(temporary);

        ChildJvm child = Launch.withModule(folder, jar)
                .by(nothingExecutable().command())
                .run("refuse-memfd", "initialize", "bind 1", "report", "maps");

        assertThat(child.value("initialize")).startsWith(TrampolinesUnsupportedException.class.getName() + ": ")
                .contains("jar", jar.toString(), "memfd", "file", "noexec");
        assertThat(child.value("bind")).startsWith(TrampolinesUnsupportedException.class.getName() + ": ");
        assertThat(child.value("mechanism")).isEqualTo("none");
        assertThat(child.values("tried")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(child.values("mapped")).isEmpty();
        assertThat(child.exitCode()).isZero();
    }

    /** All that a hardened container has against executable files at once. */
    @Test
    void noMemoryFilesNoTemporaryFilesNoHomeNoWritableRoot() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/sys/vm/memfd_noexec")),
                "skipped: the kernel lacks vm.memfd_noexec, which came with Linux 6.3");
        makeFolders();
        Path jar = Launch.packedLibrary(readOnly);
        Namespace namespace = nothingExecutable()
                .run("echo 2 >/proc/sys/vm/memfd_noexec")
                .run("mount -t tmpfs -o noexec none " + Namespace.quote(temporary));

        ChildJvm child = Launch.withModule(folder, jar)
                .options("-Djava.io.tmpdir=" + temporary)
                .environment("TMPDIR", temporary.toString())
                .environment("HOME", null)
                .by(namespace.command())
                .run("bind 10000", "call", "report", "maps");

        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.value("source")).isEqualTo(PackedLibrary.usualSource("jar"));
    }
}
