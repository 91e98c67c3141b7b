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
 * The memory of the process at one moment.
 *
 * @param residentBytes its private memory in RAM, without the pages of mapped files, which
 *     processes share
 * @param codeCacheBytes the used size of the JVM's code cache
 * @param mappings the number of memory mappings
 * @param writableExecutable the number of mappings that are both writable and executable
 */
public record Footprint(long residentBytes, long codeCacheBytes, int mappings, int writableExecutable) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT_PRIVATE = "RssAnon:";
    private static final String RESIDENT = "VmRSS:";

    /** Measures the process now. */
    public static Footprint now() {
        ProcessMaps maps = ProcessMaps.read();
        return new Footprint(NativeLibrary.IS_WINDOWS ? WindowsMaps.privateBytes() : read(RESIDENT_PRIVATE),
                codeCache(), maps.mappings().size(),
                maps.writableAndExecutable().size());
    }

    /** Returns the memory of the process that is in RAM, pages of mapped files included. */
    public static long residentSetBytes() {
        return NativeLibrary.IS_WINDOWS ? WindowsMaps.workingSetBytes() : read(RESIDENT);
    }

    private static long read(String field) {
        try (Stream<String> lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith(field)).findFirst()
                    .orElseThrow(() -> new IllegalStateException(STATUS + " has no line " + field));
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
