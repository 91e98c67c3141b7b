// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that see little of the system, or have few rights in it. */
final class ConfinedIT {
    @TempDir
    private Path folder = Path.of("");

    private Launch launch() throws Exception {
        return Launch.withModule(folder, Launch.packedLibrary(folder));
    }

    private static void assertStatic(ChildJvm child) {
        assertThat(child.values("bind")).as("%s", child.output()).containsOnly("done");
        assertThat(child.values("call")).containsOnly("done");
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.exitCode()).isZero();
    }

    /**
     * The root file system without what is mounted on it, and the folders that the JVM and the test
     * need.
     */
    @Test
    void aJvmThatIsStartedInAChangedRootWithoutProc() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path java = Path.of(System.getProperty("java.home")).toRealPath();
        Namespace namespace = new Namespace().run("root=" + Namespace.quote(root))
                .run("mount --bind / \"$root\"")
                .run("for folder in /dev %s %s; do mount --bind \"$folder\" \"$root$folder\"; done"
                        .formatted(Namespace.quote(java), Namespace.quote(folder)))
                .run("if [[ -e $root/proc/self ]]; then echo 'there is /proc'; exit 1; fi");

        ChildJvm child = launch().by(namespace.command())
                .by("chroot", root.toString())
                // The dynamic linker asks /proc where the program's own libraries are.
                .environment("LD_LIBRARY_PATH", java.resolve("lib").toString())
                .run("bind 10000", "call", "report");

        assertStatic(child);
    }

    @Test
    void aRootThatChangesBeforeTheFirstUse() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Launch.assumeRuns("it needs chroot, which takes root", List.of("chroot", "/", "true"));

        ChildJvm child = launch().run("load", "chroot " + empty, "initialize", "bind 10000", "call", "report");

        assertThat(child.value("chroot")).isEqualTo("done");
        assertStatic(child);
    }

    @Test
    void aRootThatChangesLater() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Launch.assumeRuns("it needs chroot, which takes root", List.of("chroot", "/", "true"));

        assertStatic(launch().run("initialize", "chroot " + empty, "bind 100000", "call", "report"));
        assertStatic(launch().run("bind 1", "chroot " + empty, "bind 100000", "call", "report"));
    }

    /** A policy of SELinux can hide its mode, and all of its file system. */
    @Test
    void anSelinuxSystemWhosePolicyHidesTheMode() throws Exception {
        Path fileSystems = Files.writeString(folder.resolve("filesystems"), "nodev\tsysfs\nnodev\tselinuxfs\n\text4\n");
        Namespace namespace = new Namespace()
                .run("mount --bind %s /proc/filesystems".formatted(Namespace.quote(fileSystems)))
                .run("mount -t tmpfs none /sys/fs");

        ChildJvm child = launch().by(namespace.command()).run("bind 10000", "call", "report");

        assertStatic(child);
        assertThat(child.value("hardening.selinux")).isEqualTo("on, mode not readable");
    }

    /** As {@code getenforce} finds out. */
    @ParameterizedTest
    @CsvSource({"1, enforcing", "0, permissive"})
    void anSelinuxSystemThatShowsTheMode(String enforce, String mode) throws Exception {
        Path files = Files.createDirectory(folder.resolve("selinux"));
        Files.writeString(files.resolve("enforce"), enforce);
        Namespace namespace = new Namespace()
                .run("mount -t tmpfs none /sys/fs; mkdir /sys/fs/selinux; cp %s/enforce /sys/fs/selinux"
                        .formatted(Namespace.quote(files)));

        assertThat(launch().by(namespace.command()).run("report").value("hardening.selinux")).isEqualTo(mode);
    }

    @Test
    void aSystemWithoutSelinux() throws Exception {
        Path fileSystems = Files.writeString(folder.resolve("filesystems"), "nodev\tsysfs\n\text4\n");
        Namespace namespace = new Namespace()
                .run("mount --bind %s /proc/filesystems".formatted(Namespace.quote(fileSystems)))
                .run("mount -t tmpfs none /sys/fs");

        assertThat(launch().by(namespace.command()).run("report").value("hardening.selinux")).isEqualTo("off");
    }

    @Test
    void anUnprivilegedUser() throws Exception {
        assertStatic(launch().by(Launch.asNobody()).run("bind 10000", "call", "report"));
    }

    @Test
    void anUnprivilegedUserWhoSeesNoOtherProcesses() throws Exception {
        Namespace namespace = new Namespace().run("mount -t proc -o hidepid=invisible proc /proc")
                .run("sleep infinity >/dev/null 2>&1 &");

        ChildJvm child = launch().by(namespace.command())
                .by(Launch.asNobody())
                .run("bind 10000", "call", "report", "maps");

        assertStatic(child);
        assertThat(child.values("mapped")).hasSize(1);
    }
}
