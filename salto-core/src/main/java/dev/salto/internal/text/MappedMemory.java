// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Ranges of memory, and what the system says may be done with them. */
public final class MappedMemory {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Pattern WRITABLE_AND_EXECUTABLE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .wx.*");

    private final TreeMap<Long, Long> ends = new TreeMap<>(Long::compareUnsigned);

    /** Adds a range that overlaps no other. */
    public void add(long address, long size) {
        ends.put(address, address + size);
    }

    /**
     * Whether any part of any range is both writable and executable.
     *
     * @return empty if the system does not show its mappings
     */
    public Optional<Boolean> isAnyWritableAndExecutable() {
        // Names of files may be in any charset; in this one any bytes are text.
        try (Stream<String> lines = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
            return Optional.of(lines.map(WRITABLE_AND_EXECUTABLE::matcher)
                    .filter(Matcher::matches)
                    .anyMatch(m -> isOurs(Long.parseUnsignedLong(m.group(1), 16),
                            Long.parseUnsignedLong(m.group(2), 16))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isOurs(long start, long end) {
        Map.Entry<Long, Long> last = ends.lowerEntry(end);
        return last != null && Long.compareUnsigned(last.getValue(), start) > 0;
    }
}
