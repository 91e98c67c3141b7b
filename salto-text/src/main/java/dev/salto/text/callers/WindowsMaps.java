// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The memory of this process, as Windows describes it. */
final class WindowsMaps {
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("kernel32.dll", Arena.global());
    private static final MethodHandle QUERY = link("VirtualQuery",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle MAPPED_FILE_NAME = link("K32GetMappedFileNameW",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT));
    private static final MethodHandle MEMORY_INFO = link("K32GetProcessMemoryInfo",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT));

    private static final long THIS_PROCESS = -1;

    // MEMORY_BASIC_INFORMATION
    private static final long INFORMATION_SIZE = 48;
    private static final long REGION_SIZE = 24;
    private static final long STATE = 32;
    private static final long PROTECT = 36;
    private static final long TYPE = 40;
    private static final int MEM_COMMIT = 0x1000;
    private static final int MEM_PRIVATE = 0x20000;

    private static final int PAGE_EXECUTE_READ = 0x20;
    private static final int PAGE_EXECUTE_READWRITE = 0x40;
    private static final int PAGE_EXECUTE_WRITECOPY = 0x80;
    private static final int PAGE_READONLY = 0x02;
    private static final int PAGE_READWRITE = 0x04;
    private static final int PAGE_WRITECOPY = 0x08;

    private static final int LONGEST_NAME = 1024;

    // PROCESS_MEMORY_COUNTERS_EX
    private static final long COUNTERS_SIZE = 80;
    private static final long WORKING_SET = 16;
    private static final long PRIVATE_USAGE = 72;

    private WindowsMaps() {}

    /** All ranges of committed pages with the same rights, by address. */
    static List<ProcessMaps.Mapping> read() {
        List<ProcessMaps.Mapping> mappings = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(INFORMATION_SIZE, Long.BYTES);
            MemorySegment name = arena.allocate(LONGEST_NAME * (long) Character.BYTES);
            long address = 0;
            while ((long) QUERY.invokeExact(address, information, INFORMATION_SIZE) != 0) {
                long end = information.get(JAVA_LONG, 0) + information.get(JAVA_LONG, REGION_SIZE);
                if (information.get(JAVA_INT, STATE) == MEM_COMMIT) {
                    boolean isPrivate = information.get(JAVA_INT, TYPE) == MEM_PRIVATE;
                    int length = isPrivate
                            ? 0
                            : (int) MAPPED_FILE_NAME.invokeExact(THIS_PROCESS, address, name, LONGEST_NAME);
                    mappings.add(new ProcessMaps.Mapping(address, end, permissions(information.get(JAVA_INT, PROTECT)),
                            StandardCharsets.UTF_16LE
                                    .decode(name.asSlice(0, length * (long) Character.BYTES).asByteBuffer())
                                    .toString()));
                }
                address = end;
            }
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        return mappings;
    }

    /** As Linux writes them. A page that is copied when it is written to is writable. */
    private static String permissions(int protection) {
        return switch (protection & 0xff) {
            case PAGE_READONLY -> "r--p";
            case PAGE_READWRITE, PAGE_WRITECOPY -> "rw-p";
            case PAGE_EXECUTE_READ -> "r-xp";
            case PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY -> "rwxp";
            default -> "---p";
        };
    }

    /** Private memory in bytes. */
    static long privateBytes() {
        return counter(PRIVATE_USAGE);
    }

    /** Memory in RAM in bytes. */
    static long workingSetBytes() {
        return counter(WORKING_SET);
    }

    private static long counter(long place) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counters = arena.allocate(COUNTERS_SIZE, Long.BYTES);
            int isKnown = (int) MEMORY_INFO.invokeExact(THIS_PROCESS, counters, (int) COUNTERS_SIZE);
            if (isKnown == 0) {
                throw new IllegalStateException("GetProcessMemoryInfo fails");
            }
            return counters.get(JAVA_LONG, place);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), function);
    }
}
