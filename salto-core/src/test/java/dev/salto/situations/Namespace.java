// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Mounts and process numbers of a command's own: {@code unshare} of util-linux runs a script of
 * mounts there, and then the command. Nothing of it is seen outside, and nothing is left of it in
 * the end. It takes root.
 */
final class Namespace {
    private final List<String> script = new ArrayList<>();

    /** Ends the test as skipped where there are no namespaces. */
    Namespace() throws IOException, InterruptedException {
        List<String> command = List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "true");
        Launch.assumeRuns("it needs namespaces: root, with CAP_SYS_ADMIN, and unshare of util-linux", command);
    }

    /** Makes one file system one from which nothing can be executed or mapped executable. */
    Namespace noexec(Path folder) {
        return mountOntoItself(folder, "noexec");
    }

    /**
     * Makes one file system one to which nothing can be written, but from which code can be mapped.
     */
    Namespace readOnly(Path folder) {
        return mountOntoItself(folder, "ro,exec");
    }

    /**
     * Makes everything read-only, but for the places for files that come and go, from which nothing
     * can be executed or mapped executable.
     */
    Namespace allReadOnlyOrNoexec() {
        return run("""
                mount --bind /tmp /tmp
                findmnt --raw --noheadings --output TARGET | while read -r escaped; do
                    folder=$(printf '%b' "$escaped")
                    case $folder in
                        /tmp | /tmp/* | /dev | /dev/* | /proc | /proc/* | /sys | /sys/* | /run | /run/*)
                            mount -o remount,bind,noexec "$folder" || true ;;
                        *)
                            mount -o remount,bind,ro "$folder" ;;
                    esac
                done
                for folder in /tmp /dev/shm /run /var/tmp /home "$HOME"; do
                    if cp /bin/true "$folder/executable" 2>/dev/null && "$folder/executable" 2>/dev/null; then
                        echo "$folder is still writable and executable"
                        exit 1
                    fi
                    rm -f "$folder/executable" 2>/dev/null || true
                done
                """);
    }

    private Namespace mountOntoItself(Path folder, String options) {
        return run("mount --bind %1$s %1$s; mount -o remount,bind,%2$s %1$s".formatted(quote(folder), options));
    }

    /** Any other command, in the language of bash. */
    Namespace run(String line) {
        script.add(line);
        return this;
    }

    static String quote(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /** The beginning of the command line that runs what follows in this namespace. */
    List<String> command() {
        return List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-e", "-c",
                String.join("\n", script) + "\n\"$@\"\n", "namespace");
    }
}
