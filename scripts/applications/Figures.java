// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the figures of a program that has ended into a file, for the table. */
final class Figures {
    private Figures() {}

    /**
     * Writes the milliseconds since the JVM began, RSS and code cache in kilobytes, and the number
     * of mappings.
     */
    static void write() throws IOException {
        long milliseconds = ManagementFactory.getRuntimeMXBean().getUptime();
        long code = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().startsWith("Code")) {
                code += pool.getPeakUsage().getUsed();
            }
        }
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        String rss = status.stream().filter(line -> line.startsWith("VmHWM:")).findFirst().orElse("0")
                .replaceAll("\\D", "");
        Files.writeString(Path.of(System.getProperty("figures")), "%d %s %d %d%n".formatted(milliseconds, rss,
                code / 1024, Files.readAllLines(Path.of("/proc/self/maps")).size()));
    }
}
