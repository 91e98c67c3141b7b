// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The calls of Windows that Salto makes. It never asks for memory that is writable and executable.
 * Constants are those of Microsoft's documentation of each function.
 */
final class WindowsCalls {
    private static final long THIS_PROCESS = -1;

    private static final long GENERIC_READ = 0x80000000L;
    private static final long GENERIC_EXECUTE = 0x20000000L;
    private static final long FILE_SHARE_READ = 1;
    private static final long OPEN_EXISTING = 3;

    private static final long PAGE_READONLY = 0x02;
    private static final long PAGE_READWRITE = 0x04;
    private static final long PAGE_EXECUTE_READWRITE = 0x40;
    private static final long PAGE_EXECUTE_WRITECOPY = 0x80;
    private static final long SEC_IMAGE = 0x1000000;
    private static final long FILE_MAP_READ = 4;
    private static final long MEM_COMMIT = 0x1000;
    private static final long MEM_RESERVE = 0x2000;
    private static final long MEM_RELEASE = 0x8000;

    /** The longest path that every function takes. */
    private static final int MAX_PATH = 260;

    /** The end of a file. */
    private static final long HANDLE_EOF = 38;

    /** The bits of a result of one byte. */
    private static final long BOOLEAN = 0xff;

    /** The largest number of an error, and less than any address. */
    private static final long LAST_ERROR = 0xffff;

    // SYSTEM_INFO
    private static final int SYSTEM_INFO_SIZE = 48;
    private static final int PAGE_SIZE = 4;

    // MEMORY_BASIC_INFORMATION
    private static final int INFORMATION_SIZE = 48;
    private static final int ALLOCATION_BASE = 8;
    private static final int REGION_SIZE = 24;
    private static final int STATE = 32;
    private static final int PROTECT = 36;

    // OVERLAPPED
    private static final int OVERLAPPED_SIZE = 32;
    private static final int OVERLAPPED_OFFSET = 16;

    /** The calls of every process that maps a text image. */
    private static final class Basics {
        static final MemorySegment CREATE_FILE = Kernel32.find("CreateFileW");
        static final MemorySegment GET_FILE_SIZE = Kernel32.find("GetFileSizeEx");
        static final MemorySegment READ_FILE = Kernel32.find("ReadFile");
        static final MemorySegment CLOSE_HANDLE = Kernel32.find("CloseHandle");
        static final MemorySegment CREATE_FILE_MAPPING = Kernel32.find("CreateFileMappingW");
        static final MemorySegment MAP_VIEW = Kernel32.find("MapViewOfFile");
        static final MemorySegment UNMAP_VIEW = Kernel32.find("UnmapViewOfFile");
        static final MemorySegment VIRTUAL_ALLOC = Kernel32.find("VirtualAlloc");
        static final MemorySegment VIRTUAL_FREE = Kernel32.find("VirtualFree");
        static final MemorySegment VIRTUAL_PROTECT = Kernel32.find("VirtualProtect");
        static final MemorySegment VIRTUAL_QUERY = Kernel32.find("VirtualQuery");
        static final MemorySegment GET_SYSTEM_INFO = Kernel32.find("GetSystemInfo");
        static final MemorySegment ADD_FUNCTION_TABLE = Kernel32.find("RtlAddFunctionTable");
        static final MemorySegment FLUSH_WRITE_BUFFERS = Kernel32.find("FlushProcessWriteBuffers");
    }

    /** The calls that change nothing. */
    private static final class Inspection {
        static final MemorySegment GET_MAPPED_FILE_NAME = Kernel32.find("K32GetMappedFileNameW");
        static final MemorySegment GET_MITIGATION_POLICY = Kernel32.find("GetProcessMitigationPolicy");
    }

    /** The source of unpredictable numbers, which Microsoft's documentation calls RtlGenRandom. */
    private static final class Randomness {
        static final MemorySegment RTL_GEN_RANDOM = SymbolLookup.libraryLookup("advapi32.dll", Arena.global())
                .findOrThrow("SystemFunction036");
    }

    /**
     * A range of pages of one kind.
     *
     * @param allocation where the mapping begins that it is a part of; 0 if nothing is mapped
     */
    record Region(long end, long allocation, boolean isCommitted, long protection) {
        boolean isWritableAndExecutable() {
            return isCommitted && (protection & (PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)) != 0;
        }
    }

    /** Opens a file for reading and mapping. Nobody can write to it meanwhile. */
    long openForReading(Path file) throws OsException {
        String path = file.toAbsolutePath().toString();
        if (path.length() >= MAX_PATH && !path.startsWith("\\\\")) {
            path = "\\\\?\\" + path;
        }
        try (Arena arena = Arena.ofConfined()) {
            long handle = Kernel32.callForWord(Basics.CREATE_FILE,
                    copy((path + '\0').getBytes(StandardCharsets.UTF_16LE), arena).address(),
                    GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ, 0, OPEN_EXISTING, 0, 0);
            if (isError(handle)) {
                throw refusal("CreateFileW(\"" + file + "\", GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ, ...)",
                        handle);
            }
            return handle;
        }
    }

    private static MemorySegment copy(byte[] bytes, Arena arena) {
        MemorySegment copy = arena.allocate(bytes.length);
        copy.asByteBuffer().put(bytes);
        return copy;
    }

    /** The size of an open file in bytes. */
    long size(long file) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            long result = Kernel32.callForInt(Basics.GET_FILE_SIZE, file, size.address(), 0, 0, 0);
            if (isError(result)) {
                throw refusal("GetFileSizeEx(%s, ...)".formatted(file), result);
            }
            return size.get(JAVA_LONG, 0);
        }
    }

    /**
     * Fills memory with bytes of an open file.
     *
     * @throws IndexOutOfBoundsException if the file has no such bytes
     */
    void read(long file, long offset, MemorySegment to) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment overlapped = arena.allocate(OVERLAPPED_SIZE, Long.BYTES);
            MemorySegment count = arena.allocate(JAVA_INT);
            long done = 0;
            while (done < to.byteSize()) {
                overlapped.set(JAVA_LONG, OVERLAPPED_OFFSET, offset + done);
                long size = Math.min(to.byteSize() - done, Integer.MAX_VALUE);
                long result = Kernel32.callForInt(Basics.READ_FILE, file, to.address() + done, size, count.address(),
                        overlapped.address());
                if (result == -HANDLE_EOF || (!isError(result) && count.get(JAVA_INT, 0) == 0)) {
                    throw new IndexOutOfBoundsException("the file ends before byte " + (offset + to.byteSize()));
                }
                if (isError(result)) {
                    throw refusal("ReadFile(%s, ..., %s, ...)".formatted(file, size), result);
                }
                done += Integer.toUnsignedLong(count.get(JAVA_INT, 0));
            }
        }
    }

    /** Closes a file or a section. */
    void close(long handle) {
        long _ = Kernel32.callForInt(Basics.CLOSE_HANDLE, handle, 0, 0, 0, 0);
    }

    /** Makes a section of an executable file, for views with the rights that the file says. */
    long createImageSection(long file) throws OsException {
        long result = Kernel32.callForWord(Basics.CREATE_FILE_MAPPING, file, 0, PAGE_READONLY | SEC_IMAGE, 0, 0, 0, 0);
        if (isError(result)) {
            throw refusal("CreateFileMappingW(%s, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL)".formatted(file),
                    result);
        }
        return result;
    }

    /** Maps a whole section wherever the system likes, and returns the address. */
    long mapView(long section) throws OsException {
        long result = Kernel32.callForWord(Basics.MAP_VIEW, section, FILE_MAP_READ, 0, 0, 0, 0, 0);
        if (isError(result)) {
            throw refusal("MapViewOfFile(%s, FILE_MAP_READ, 0, 0, 0)".formatted(section), result);
        }
        return result;
    }

    void unmapView(long address) throws OsException {
        long result = Kernel32.callForInt(Basics.UNMAP_VIEW, address, 0, 0, 0, 0);
        if (isError(result)) {
            throw refusal("UnmapViewOfFile(%#x)".formatted(address), result);
        }
    }

    /**
     * Tells the system where unwind information for code is.
     *
     * @param table an array of {@code RUNTIME_FUNCTION}
     * @param count its length
     * @param base what the addresses in it are distances from
     */
    void addFunctionTable(long table, int count, long base) throws OsException {
        long result = Kernel32.callForInt(Basics.ADD_FUNCTION_TABLE, table, count, base, 0, 0) & BOOLEAN;
        if (result == 0) {
            throw new OsException("RtlAddFunctionTable(%#x, %s, %#x) failed".formatted(table, count, base));
        }
    }

    /** Maps fresh zeroed memory that can be written. */
    long mapMemory(long size) throws OsException {
        long result = Kernel32.callForWord(Basics.VIRTUAL_ALLOC, 0, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, 0,
                0, 0);
        if (isError(result)) {
            throw refusal("VirtualAlloc(NULL, %s, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE)".formatted(size), result);
        }
        return result;
    }

    /** Gives memory of {@link #mapMemory} back. */
    void unmapMemory(long address) {
        long _ = Kernel32.callForInt(Basics.VIRTUAL_FREE, address, 0, MEM_RELEASE, 0, 0);
    }

    /** Lets data be written, or forbids it. */
    void protect(long address, long size, boolean isWritable) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            long result = Kernel32.callForInt(Basics.VIRTUAL_PROTECT, address, size,
                    isWritable ? PAGE_READWRITE : PAGE_READONLY, arena.allocate(JAVA_INT).address(), 0);
            if (isError(result)) {
                throw refusal("VirtualProtect(%#x, %s, %s)".formatted(address, size,
                        isWritable ? "PAGE_READWRITE" : "PAGE_READONLY"), result);
            }
        }
    }

    /** The pages at an address; empty if it is none of this process. */
    Optional<Region> query(long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(INFORMATION_SIZE, Long.BYTES);
            long result = Kernel32.callForWord(Basics.VIRTUAL_QUERY, address, information.address(), INFORMATION_SIZE,
                    0, 0, 0, 0);
            if (isError(result)) {
                return Optional.empty();
            }
            boolean isCommitted = information.get(JAVA_INT, STATE) == MEM_COMMIT;
            return Optional.of(new Region(information.get(JAVA_LONG, 0) + information.get(JAVA_LONG, REGION_SIZE),
                    information.get(JAVA_LONG, ALLOCATION_BASE), isCommitted,
                    isCommitted ? information.get(JAVA_INT, PROTECT) : 0));
        }
    }

    /** The file that is mapped at an address, by the system's own name; empty if there is none. */
    Optional<String> mappedFile(long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(MAX_PATH * (long) Character.BYTES, Character.BYTES);
            long length = Kernel32.callForInt(Inspection.GET_MAPPED_FILE_NAME, THIS_PROCESS, address, name.address(),
                    MAX_PATH, 0);
            if (isError(length)) {
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_16LE
                    .decode(name.asSlice(0, Math.min(length, MAX_PATH) * Character.BYTES).asByteBuffer()).toString());
        }
    }

    /** The flags of a mitigation policy; empty if this Windows does not know it. */
    OptionalInt mitigationPolicy(int policy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(JAVA_INT);
            long result = Kernel32.callForInt(Inspection.GET_MITIGATION_POLICY, THIS_PROCESS, policy, flags.address(),
                    flags.byteSize(), 0);
            return isError(result) ? OptionalInt.empty() : OptionalInt.of(flags.get(JAVA_INT, 0));
        }
    }

    /** Makes all running threads of the process execute a full memory barrier. */
    void flushWriteBuffers() {
        long _ = Kernel32.callForInt(Basics.FLUSH_WRITE_BUFFERS, 0, 0, 0, 0, 0);
    }

    /** A number that nobody can guess. */
    long random() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            long result = Kernel32.callForInt(Randomness.RTL_GEN_RANDOM, bytes.address(), bytes.byteSize(), 0, 0, 0)
                    & BOOLEAN;
            if (result == 0) {
                throw new OsException("RtlGenRandom(..., %s) failed".formatted(bytes.byteSize()));
            }
            return bytes.get(JAVA_LONG, 0);
        }
    }

    /** As {@link Os#warmUp}. */
    void warmUp() {
        // Clears nothing, but initialises the class, and the JDK's classes behind it.
        Memory.clear(Basics.VIRTUAL_PROTECT.address(), 0);
    }

    /** The size of a page in bytes. */
    int pageSize() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(SYSTEM_INFO_SIZE, Long.BYTES);
            long _ = Kernel32.callForInt(Basics.GET_SYSTEM_INFO, information.address(), 0, 0, 0, 0);
            return information.get(JAVA_INT, PAGE_SIZE);
        }
    }

    /** As {@link Os#callWithZeros}. */
    long callWithZeros(long function) {
        return Kernel32.callForWord(MemorySegment.ofAddress(function), 0, 0, 0, 0, 0, 0, 0);
    }

    private static boolean isError(long result) {
        return result < 0 && result >= -LAST_ERROR;
    }

    private static OsException refusal(String call, long result) {
        return OsException.ofWindows(call, (int) -result);
    }
}
