// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Takes up all the memory mappings that this process may have, but for a few: every second page of
 * a region is made readable.
 */
final class Mappings {
    private static final int PROT_NONE = 0;
    private static final int PROT_READ = 1;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final long PAGE = 4096;

    private static long region;
    private static long size;
    /** The page that made the last two mappings. */
    private static long last;

    private Mappings() {}

    /** Leaves an even number of mappings, and perhaps one more. */
    static void exhaust(int left) throws IOException {
        if (size == 0) {
            // Read by the line: read byte by byte, this file has one byte.
            String limit = Files.readAllLines(Path.of("/proc/sys/vm/max_map_count")).getFirst();
            size = (Long.parseLong(limit) + 2) * PAGE;
            region = SystemCall.MMAP.call(0, size, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
            last = region - PAGE;
        }
        try {
            while (last + 3 * PAGE < region + size) {
                SystemCall.MPROTECT.call(last + 2 * PAGE, PAGE, PROT_READ);
                last += 2 * PAGE;
            }
            throw new AssertionError("there was no limit at %d mappings".formatted(size / PAGE));
        } catch (IllegalStateException _) {
            for (int i = 0; i < left; i += 2) {
                SystemCall.MPROTECT.call(last, PAGE, PROT_NONE);
                last -= 2 * PAGE;
            }
        }
    }

    static void release() {
        SystemCall.MUNMAP.call(region, size);
        size = 0;
    }
}
