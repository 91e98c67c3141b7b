// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A debugger walks through an entry that builds a frame. */
@Tag("host")
final class StackWalkTest {
    private static final Path IMAGE = ChildJvm.libraryClasses().resolve("dev/salto/internal/text/libsalto-x86_64.so");

    @Test
    void gdbFindsTheNativeCallerBehindAStackEntry() throws Exception {
        assumeTrue(ChildProcess.run("gdb", "--version").exitCode() == 0,
                "skipped: gdb is not installed (Debian package gdb)");
        try (ChildProcess child = ChildJvm.start(ChildJvm.libraryClasses(), "PauseInBinding",
                "--enable-native-access=dev.salto,ALL-UNNAMED"); BufferedReader output = child.output()) {
            String table = value(output, "table");
            String caller = value(output, "caller");
            String pid = value(output, "pid");
            String backtrace = gdb(pid, table);
            assumeTrue(!backtrace.contains("ptrace: Operation not permitted"),
                    "skipped: this system does not let a debugger attach (kernel.yama.ptrace_scope)");

            Matcher frames = Pattern.compile("(?s)#0 .*pause.*#1 .*salto_entry_bind_stack.*?#2 +(0x[0-9a-f]+) ")
                    .matcher(backtrace);
            assertThat(frames.find()).as(backtrace).isTrue();
            assertThat(Long.decode(frames.group(1))).isBetween(
                    Long.decode(caller.substring(0, caller.indexOf(' '))),
                    Long.decode(caller.substring(caller.indexOf(' ') + 1)));
        }
    }

    /** Attaches again and again until the process has reached its pause. */
    private static String gdb(String pid, String table) throws Exception {
        String backtrace = "";
        for (int i = 0; i < 20 && !backtrace.contains("pause"); i++) {
            Thread.sleep(250);
            backtrace = String.join("\n", ChildProcess.run("gdb", "--batch", "--nx", "-p", pid,
                    "-ex", "add-symbol-file " + IMAGE + " -o " + table,
                    "-ex", "thread apply all backtrace 4").output());
        }
        return backtrace;
    }

    private static String value(BufferedReader output, String key) throws IOException {
        String line = output.readLine();
        assertThat(line).startsWith(key + "=");
        return line.substring(key.length() + 1);
    }
}
