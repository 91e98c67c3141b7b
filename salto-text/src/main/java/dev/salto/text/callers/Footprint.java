// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the process holds at one moment.
 *
 * @param residentBytes its private memory that is in RAM: all but the pages of mapped files, which processes share
 * @param codeCacheBytes what the JVM's code cache holds
 * @param mappings how many memory mappings there are
 * @param writableExecutable how many of them are both writable and executable
 */
public record Footprint(long residentBytes, long codeCacheBytes, int mappings, int writableExecutable) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "RssAnon:";

    /** Looks at the process now. */
    public static Footprint now() {
        ProcessMaps maps = ProcessMaps.read();
        return new Footprint(resident(), codeCache(), maps.mappings().size(), maps.writableAndExecutable().size());
    }

    private static long resident() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith(RESIDENT)).findFirst()
                    .orElseThrow(() -> new IllegalStateException(STATUS + " has no line " + RESIDENT));
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STATUS, e);
        }
    }

    /** One pool or three, depending on how the JVM was started. */
    private static long codeCache() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().startsWith("CodeHeap") || pool.getName().equals("CodeCache"))
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
