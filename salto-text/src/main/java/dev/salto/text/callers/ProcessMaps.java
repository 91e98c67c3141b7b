// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The memory mappings of this process at one moment, as the kernel lists them in
 * {@code /proc/self/maps}. On Windows they are what {@code VirtualQuery} lists.
 *
 * @param mappings all mappings, by address
 */
public record ProcessMaps(List<Mapping> mappings) {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Pattern LINE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) \\S+ \\S+ \\S+ *(.*)");

    /**
     * One mapping.
     *
     * @param start its first address
     * @param end the address behind its last
     * @param permissions four characters, as in {@code r-xs}
     * @param name the file's path, or what the kernel calls the mapping; empty for most anonymous
     *     memory
     */
    public record Mapping(long start, long end, String permissions, String name) {
        /** The size in bytes. */
        public long size() {
            return end - start;
        }

        /** Whether code in this mapping could be changed and run. */
        public boolean isWritableAndExecutable() {
            return permissions.charAt(1) == 'w' && permissions.charAt(2) == 'x';
        }

        /** Whether code in this mapping can be run. */
        public boolean isExecutable() {
            return permissions.charAt(2) == 'x';
        }
    }

    /** Reads the mappings now. */
    public static ProcessMaps read() {
        if (NativeLibrary.IS_WINDOWS) {
            return new ProcessMaps(WindowsMaps.read());
        }
        try (Stream<String> lines = Files.lines(MAPS)) {
            return new ProcessMaps(lines.map(ProcessMaps::parse).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MAPS, e);
        }
    }

    private static Mapping parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("not a line of " + MAPS + ": " + line);
        }
        return new Mapping(Long.parseUnsignedLong(matcher.group(1), 16), Long.parseUnsignedLong(matcher.group(2), 16),
                matcher.group(3), matcher.group(4));
    }

    /** The mappings that are both writable and executable. */
    public List<Mapping> writableAndExecutable() {
        return mappings.stream().filter(Mapping::isWritableAndExecutable).toList();
    }

    /**
     * The mapping that an address lies in.
     *
     * @param address any address
     * @throws IllegalArgumentException if nothing is mapped there
     */
    public Mapping at(long address) {
        return mappings.stream()
                .filter(m -> Long.compareUnsigned(m.start, address) <= 0 && Long.compareUnsigned(address, m.end) < 0)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing is mapped at %#x".formatted(address)));
    }
}
