// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the mappings of this process from the kernel, without the lock of the dynamic loader, which
 * a calling thread may hold. The class has no initialiser: at the end of a stack, it could become
 * unusable.
 */
final class LinuxMappings {
    private static final String MAPS = "/proc/self/maps";

    /**
     * Start, end, permissions, offset in the file, device, inode and path of a mapping:
     * proc_pid_maps(5).
     */
    private static final String MAPPING = "([0-9a-f]+)-([0-9a-f]+) (\\S+) ([0-9a-f]+) \\S+ \\S+ *(.*)";

    private LinuxMappings() {}

    /** As {@link Os#isAnyWritableAndExecutable}. */
    static Optional<Boolean> isAnyWritableAndExecutable(List<MemoryRange> ranges) {
        return mappings().map(mappings -> mappings
                .filter(mapping -> mapping.matches() && mapping.group(3).contains("wx"))
                .anyMatch(mapping -> isAnyIn(ranges, number(mapping, 1), number(mapping, 2))));
    }

    private static Optional<Stream<Matcher>> mappings() {
        Pattern mapping = Pattern.compile(MAPPING);
        return lines(Path.of(MAPS)).map(lines -> lines.stream().map(mapping::matcher));
    }

    private static boolean isAnyIn(List<MemoryRange> ranges, long start, long end) {
        return ranges.stream().anyMatch(range -> range.overlaps(start, end));
    }

    /** As {@link Os#describe}. */
    static String describe(long address) {
        String number = "0x" + Long.toHexString(address);
        return mappings().flatMap(mappings -> mappings
                .filter(mapping -> mapping.matches() && mapping.group(5).startsWith("/")
                        && Long.compareUnsigned(number(mapping, 1), address) <= 0
                        && Long.compareUnsigned(address, number(mapping, 2)) < 0)
                .findFirst()
                .map(mapping -> "%s (%s+0x%s)".formatted(number, mapping.group(5),
                        Long.toHexString(address - number(mapping, 1) + number(mapping, 4)))))
                .orElse(number + " (no library's code; the JVM's own, or made at run time)");
    }

    private static long number(Matcher mapping, int group) {
        return Long.parseUnsignedLong(mapping.group(group), 16);
    }

    /** The lines of a file; empty if it cannot be read. */
    static Optional<List<String>> lines(Path file) {
        try {
            return Optional.of(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
