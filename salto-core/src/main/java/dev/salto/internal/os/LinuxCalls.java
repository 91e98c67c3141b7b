// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every call of Salto to Linux, through the C library. Each method throws when the system refuses.
 * No method asks for memory that is both writable and executable. Tests override methods with ones
 * that fail.
 *
 * <p>Linking a function takes milliseconds, and the first callback of a process waits for it. So
 * functions that only some processes need are in classes of their own, which are initialised at
 * their first use.
 */
class LinuxCalls {
    // The values of Linux on every architecture that Salto may have a port for.
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    static final int MREMAP_MAYMOVE = 1;
    static final int MREMAP_FIXED = 2;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_END = 2;

    /**
     * On POWER, a variadic function may store its arguments in its caller's frame, which must have
     * room for that: 64-Bit ELF V2 ABI 1.5, 2.2.3.3. In the conventions of all other ports it finds
     * integers like any function. There it is not linked, which would take milliseconds of the
     * first callback.
     */
    private static final boolean MUST_LINK_VARIADIC = System.getProperty("os.arch").startsWith("ppc64");

    private static final int ENOMEM = 12;

    /** The largest number of an error on Linux. */
    private static final long LAST_ERRNO = 4095;

    /** The calls of every process that maps a text image. */
    private static final class Basics {
        static final MemorySegment LSEEK = CLibrary.find("lseek");
        static final MemorySegment PREAD = CLibrary.find("pread");
        static final MemorySegment CLOSE = CLibrary.find("close");
        static final MemorySegment MMAP = CLibrary.find("mmap");
        static final MemorySegment MREMAP = CLibrary.find("mremap");
        static final MemorySegment MUNMAP = CLibrary.find("munmap");
        static final MemorySegment MPROTECT = CLibrary.find("mprotect");
        static final MemorySegment GETPAGESIZE = CLibrary.find("getpagesize");

        /** In the library of GNU and in musl. */
        static final MemorySegment ERRNO_LOCATION = CLibrary.find("__errno_location");

        /**
         * {@code open} without its third parameter, for programs that were compiled with checks. It
         * is not variadic. Null in C libraries that do not have it; GNU's has it.
         */
        static final @Nullable MemorySegment OPEN_2 = CLibrary.findIfThere("__open_2");
    }

    /** The variadic function. */
    private static final class Opening {
        static final MethodHandle OPEN = CLibrary.linkVariadic("open", 2,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    }

    /** The calls that make a file in memory which nobody can change. */
    private static final class MemoryFile {
        static final int MFD_CLOEXEC = 1;
        static final int MFD_ALLOW_SEALING = 2;
        static final int MFD_NOEXEC_SEAL = 8;
        static final int F_ADD_SEALS = 1033;
        static final int F_SEAL_SEAL = 1;
        static final int F_SEAL_SHRINK = 2;
        static final int F_SEAL_GROW = 4;
        static final int F_SEAL_WRITE = 8;
        static final int F_SEAL_FUTURE_WRITE = 16;

        static final MemorySegment MEMFD_CREATE = CLibrary.find("memfd_create");
        static final MemorySegment WRITE = CLibrary.find("write");
        static final MemorySegment FCNTL = CLibrary.find("fcntl");
    }

    /** The variadic function, where it cannot be called like others. */
    private static final class Control {
        static final MethodHandle FCNTL = CLibrary.linkVariadic("fcntl", 2,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    }

    /** The source of unpredictable names. */
    private static final class Randomness {
        static final MemorySegment GETRANDOM = CLibrary.find("getrandom");
    }

    /**
     * The call that has all threads of the process execute a memory barrier, in Linux since 4.14.
     */
    private static final class Barriers {
        static final int PRIVATE_EXPEDITED = 8;
        static final int REGISTER_PRIVATE_EXPEDITED = 16;

        /** Its number, which depends on the architecture. */
        static final long SYS_MEMBARRIER = switch (System.getProperty("os.arch")) {
            case "arm" -> 389;
            case "amd64" -> 324;
            case "i386", "x86" -> 375;
            case "ppc64le" -> 365;
            case "s390x" -> 356;
            default -> 283;
        };

        static final MethodHandle SYSCALL = CLibrary.linkVariadic("syscall", 1,
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        static final boolean IS_REGISTERED = call(REGISTER_PRIVATE_EXPEDITED) == 0;

        static long call(int command) {
            return CLibrary.call(
                    state -> (long) SYSCALL.invokeExact(state, SYS_MEMBARRIER, (long) command, 0L, 0L));
        }
    }

    /** The calls to sleep until a word is changed, and to wake who sleeps. */
    private static final class Futexes {
        static final int WAIT_PRIVATE = 128;
        static final int WAKE_PRIVATE = 129;
        static final long NANOS_OF_SECOND = 1_000_000_000;

        /** Its number, which depends on the architecture. */
        static final long SYS_FUTEX = switch (System.getProperty("os.arch")) {
            case "amd64" -> 202;
            case "arm", "i386", "x86" -> 240;
            case "ppc64le" -> 221;
            case "s390x" -> 238;
            default -> 98;
        };

        static final MethodHandle SYSCALL = CLibrary.linkVariadic("syscall", 1,
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

        static long call(long address, int operation, int value, long timeout) {
            return CLibrary.call(state -> (long) SYSCALL.invokeExact(state, SYS_FUTEX, address, (long) operation,
                    (long) value, timeout));
        }
    }

    /** The call that takes the right to change mappings away for good. */
    private static final class Sealing {
        /** The number of mseal(2), on every architecture that Salto may have a port for. */
        static final long SYS_MSEAL = 462;

        /** Few C libraries have a function for mseal. */
        static final MethodHandle SYSCALL = CLibrary.linkVariadic("syscall", 1,
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /** The call that reads a file's attributes, for refusals only. */
    private static final class Attributes {
        /** The size of the longest value that is read, in bytes. */
        static final int LONGEST = 4096;

        static final MemorySegment FGETXATTR = CLibrary.find("fgetxattr");
    }

    /** The call that registers functions for the end of the process. */
    private static final class AtExit {
        static final MemorySegment CXA_ATEXIT = CLibrary.find("__cxa_atexit");
    }

    /** The calls that change nothing. */
    private static final class Inspection {
        static final int PR_GET_MDWE = 66;

        static final MethodHandle PRCTL = CLibrary.linkVariadic("prctl", 1,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /**
     * Opens a file for reading and returns its descriptor, which programs started later do not
     * inherit.
     */
    int openForReading(Path file) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = copy(bytesOf(file), arena);
            int flags = O_RDONLY | O_CLOEXEC;
            int descriptor = Basics.OPEN_2 != null
                    ? CLibrary.callForInt(Basics.OPEN_2, path.address(), flags, 0)
                    : (int) CLibrary.call(state -> (int) Opening.OPEN.invokeExact(state, path, flags));
            if (isError(descriptor)) {
                throw new OsException("open(\"" + file + "\", O_RDONLY | O_CLOEXEC)", descriptor);
            }
            return descriptor;
        }
    }

    /** Without variable handles, which would take time to make. */
    private static MemorySegment copy(byte[] bytes, Arena arena) {
        MemorySegment copy = arena.allocate(bytes.length);
        copy.asByteBuffer().put(bytes);
        return copy;
    }

    /**
     * The bytes of a path, with a zero behind them. They come from the path's URI, because its
     * string has lost characters that the locale does not have.
     */
    private static byte[] bytesOf(Path file) {
        String path = file.toAbsolutePath().toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '%') {
                bytes.write(Integer.parseInt(path.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(path.charAt(i));
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    /** The size of an open file in bytes. */
    long size(int descriptor) throws OsException {
        long size = CLibrary.callForWord(Basics.LSEEK, descriptor, 0, SEEK_END, 0, 0, 0);
        if (isError(size)) {
            throw new OsException("lseek(%s, 0, SEEK_END)".formatted(descriptor), size);
        }
        return size;
    }

    /**
     * Fills memory with bytes of an open file.
     *
     * @throws IndexOutOfBoundsException if the file has no such bytes
     */
    void read(int descriptor, long offset, MemorySegment to) throws OsException {
        long size = to.byteSize();
        Objects.checkFromIndexSize(offset, size, Long.MAX_VALUE);
        long done = 0;
        while (done < size) {
            long result = CLibrary.callForWord(Basics.PREAD, descriptor, to.address() + done, size - done,
                    offset + done, 0, 0);
            if (isError(result)) {
                throw new OsException(
                        "pread(%s, ..., %s, %s)".formatted(descriptor, size - done, offset + done), result);
            }
            if (result == 0) {
                throw new IndexOutOfBoundsException("the file ends before byte " + (offset + size));
            }
            done += result;
        }
    }

    /** Reads an extended attribute of an open file as a string; null if the file has none. */
    @Nullable
    String attribute(int descriptor, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = copy((name + '\0').getBytes(StandardCharsets.UTF_8), arena);
            MemorySegment value = arena.allocate(Attributes.LONGEST);
            long size = CLibrary.callForWord(Attributes.FGETXATTR, descriptor, bytes.address(), value.address(),
                    value.byteSize(), 0, 0);
            if (isError(size)) {
                return null;
            }
            // Some attributes end with a zero.
            return StandardCharsets.UTF_8.decode(value.asSlice(0, size).asByteBuffer()).toString().replace("\0", "");
        }
    }

    /**
     * Closes a file. An error does not matter: Linux frees the descriptor in any case, and the
     * written bytes have been read since.
     */
    void close(int descriptor) {
        int _ = CLibrary.callForInt(Basics.CLOSE, descriptor, 0, 0);
    }

    /**
     * Makes a file that has no name in any folder, and returns its descriptor. It can be mapped
     * read+execute, but not run as a program, as {@code vm.memfd_noexec} demands.
     */
    int createMemoryFile(String name) throws OsException {
        try {
            return createMemoryFile(name,
                    MemoryFile.MFD_CLOEXEC | MemoryFile.MFD_ALLOW_SEALING | MemoryFile.MFD_NOEXEC_SEAL);
        } catch (OsException e) {
            if (!e.isUnknown()) {
                throw e;
            }
            // Linux before 6.3 does not know MFD_NOEXEC_SEAL.
            return createMemoryFile(name, MemoryFile.MFD_CLOEXEC | MemoryFile.MFD_ALLOW_SEALING);
        }
    }

    private int createMemoryFile(String name, int flags) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = copy((name + '\0').getBytes(StandardCharsets.UTF_8), arena);
            int descriptor = CLibrary.callForInt(MemoryFile.MEMFD_CREATE, bytes.address(), flags, 0);
            if (isError(descriptor)) {
                throw new OsException("memfd_create(\"%s\", %#x)".formatted(name, flags), descriptor);
            }
            return descriptor;
        }
    }

    /** Writes all of {@code content} to a file. */
    void write(int descriptor, MemorySegment content) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(content.byteSize()).copyFrom(content);
            long written = 0;
            while (written < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(written);
                long result = CLibrary.callForWord(MemoryFile.WRITE, descriptor, rest.address(), rest.byteSize(), 0, 0,
                        0);
                if (isError(result)) {
                    throw new OsException("write(%s, ..., %s)".formatted(descriptor, rest.byteSize()),
                            result);
                }
                written += result;
            }
        }
    }

    /** Makes a memory file unchangeable, for good. */
    void sealMemoryFile(int descriptor) throws OsException {
        int size = MemoryFile.F_SEAL_SEAL | MemoryFile.F_SEAL_SHRINK | MemoryFile.F_SEAL_GROW;
        try {
            // Nobody has it mapped for writing, so this is as good as F_SEAL_WRITE, with which
            // Linux before 6.7 refuses shared mappings.
            addSeals(descriptor, size | MemoryFile.F_SEAL_FUTURE_WRITE);
        } catch (OsException e) {
            if (!e.isUnknown()) {
                throw e;
            }
            // Linux before 5.1 does not know F_SEAL_FUTURE_WRITE.
            addSeals(descriptor, size | MemoryFile.F_SEAL_WRITE);
        }
    }

    private void addSeals(int descriptor, int seals) throws OsException {
        long result = MUST_LINK_VARIADIC
                ? CLibrary.call(
                        state -> (int) Control.FCNTL.invokeExact(state, descriptor, MemoryFile.F_ADD_SEALS, seals))
                : CLibrary.callForInt(MemoryFile.FCNTL, descriptor, MemoryFile.F_ADD_SEALS, seals);
        if (isError(result)) {
            throw new OsException("fcntl(%s, F_ADD_SEALS, %#x)".formatted(descriptor, seals), result);
        }
    }

    /** A number that nobody can guess. */
    long random() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            // So few bytes come all at once, or not at all.
            long result = CLibrary.callForWord(Randomness.GETRANDOM, bytes.address(), bytes.byteSize(), 0, 0, 0, 0);
            if (isError(result)) {
                throw new OsException("getrandom(..., %s, 0)".formatted(bytes.byteSize()), result);
            }
            return bytes.get(JAVA_LONG, 0);
        }
    }

    /** Maps {@code length} bytes wherever the system likes, and returns their address. */
    long mmap(long length, int protection, int flags, int descriptor, long offset) throws OsException {
        requireNeverBoth(protection);
        if (Memory.WORD_SIZE == Integer.BYTES && length >>> Integer.SIZE != 0) {
            throw new OsException("%s bytes are more than a process of 32 bits can have".formatted(length));
        }
        long result = CLibrary.callForWord(Basics.MMAP, 0, length, protection, flags, descriptor, offset);
        if (isError(result)) {
            throw new OsException(
                    "mmap(0, %s, %s, %#x, %s, %s)".formatted(length, name(protection), flags, descriptor, offset),
                    result);
        }
        return CLibrary.address(result);
    }

    /** Maps fresh zeroed memory that can be written. */
    long mapMemory(long length) throws OsException {
        return mmap(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    /**
     * Maps the pages of a shared mapping again, at {@code at}, and replaces the mapping there.
     * Threads that read there meanwhile see the old mapping, or wait for the new one.
     */
    void duplicate(long shared, long length, long at) throws OsException {
        long result = CLibrary.callForWord(Basics.MREMAP, shared, 0, length, MREMAP_MAYMOVE | MREMAP_FIXED, at, 0);
        if (isError(result)) {
            throw new OsException("mremap(%#x, 0, %s, MREMAP_MAYMOVE | MREMAP_FIXED, %#x)".formatted(shared, length,
                    at), result);
        }
    }

    void munmap(long address, long length) throws OsException {
        int result = CLibrary.callForInt(Basics.MUNMAP, address, length, 0);
        if (isError(result)) {
            throw new OsException("munmap(%#x, %s)".formatted(address, length), result);
        }
    }

    /** Unmaps memory after a failure, and reports that failure alone. */
    void munmapAfter(Throwable failure, long address, long length) {
        try {
            munmap(address, length);
        } catch (OsException second) {
            failure.addSuppressed(second);
        }
    }

    /** Changes the protection of memory that is not executable. */
    void mprotect(long address, long length, int protection) throws OsException {
        if ((protection & PROT_EXEC) != 0) {
            throw new AssertionError("no memory becomes executable after it was mapped");
        }
        int result = CLibrary.callForInt(Basics.MPROTECT, address, length, protection);
        if (isError(result)) {
            throw new OsException("mprotect(%#x, %s, %s)".formatted(address, length, name(protection)),
                    result);
        }
    }

    /**
     * Makes all running threads of the process execute a full memory barrier. Does nothing on older
     * kernels, or if a filter forbids the call.
     */
    void membarrier() {
        if (Barriers.IS_REGISTERED) {
            long _ = Barriers.call(Barriers.PRIVATE_EXPEDITED);
        }
    }

    /** Whether {@link #membarrier} does something. */
    boolean hasMembarrier() {
        return Barriers.IS_REGISTERED;
    }

    /** As {@link Os#await}. Every error means that the caller has to look again. */
    void futexWait(long address, int expected, long nanos) {
        try (Arena arena = Arena.ofConfined()) {
            // A struct timespec: two words, with the system call of this number on 32 bits, too.
            MemorySegment timeout = arena.allocate(2L * Memory.WORD_SIZE, Memory.WORD_SIZE);
            Memory.setWord(timeout.address(), nanos / Futexes.NANOS_OF_SECOND);
            Memory.setWord(timeout.address() + Memory.WORD_SIZE, nanos % Futexes.NANOS_OF_SECOND);
            long _ = Futexes.call(address, Futexes.WAIT_PRIVATE, expected, timeout.address());
        }
    }

    /** As {@link Os#wake}. */
    void futexWake(long address) {
        long _ = Futexes.call(address, Futexes.WAKE_PRIVATE, 1, 0);
    }

    /**
     * Keeps memory mapped as it is until the process ends.
     *
     * @return false if the kernel cannot do that. Linux can since 6.10, for processes of 64 bits
     */
    boolean mseal(long address, long length) throws OsException {
        long result = CLibrary.call(
                state -> (long) Sealing.SYSCALL.invokeExact(state, Sealing.SYS_MSEAL, address, length, 0L));
        if (isError(result)) {
            OsException refusal = new OsException("mseal(%#x, %s, 0)".formatted(address, length),
                    result);
            if (refusal.isUnknown() || refusal.isDenied()) {
                return false;
            }
            throw refusal;
        }
        return true;
    }

    /** Whether this process can no longer gain executable memory (PR_SET_MDWE). */
    boolean refusesExecutableGain() throws OsException {
        long result = CLibrary
                .call(state -> (int) Inspection.PRCTL.invokeExact(state, Inspection.PR_GET_MDWE, 0L, 0L, 0L, 0L));
        if (isError(result)) {
            throw new OsException("prctl(PR_GET_MDWE, 0, 0, 0, 0)", result);
        }
        return result != 0;
    }

    /** As {@link Os#atExit}. The function belongs to no library, so it stays until the end. */
    void atExit(long function, long argument) throws OsException {
        int result = CLibrary.callForInt(AtExit.CXA_ATEXIT, function, argument, 0);
        if (result != 0) {
            throw new OsException("__cxa_atexit(%#x, %#x, 0)".formatted(function, argument), -ENOMEM);
        }
    }

    /** As {@link Os#warmUp}. */
    void warmUp() {
        // Clears nothing, but initialises the class, and the JDK's classes behind it.
        Memory.clear(Basics.MPROTECT.address(), 0);
    }

    /** The size of a page in bytes. */
    int pageSize() {
        return CLibrary.callForInt(Basics.GETPAGESIZE, 0, 0, 0);
    }

    /** As {@link Os#callWithZeros}. */
    long callWithZeros(long function) {
        return CLibrary.callForWord(MemorySegment.ofAddress(function), 0, 0, 0, 0, 0, 0);
    }

    /** As {@link Os#lastErrorOffset}. */
    long lastErrorOffset(long calculator) {
        return CLibrary.callForWord(MemorySegment.ofAddress(calculator), Basics.ERRNO_LOCATION.address(), 0, 0, 0, 0,
                0);
    }

    private static void requireNeverBoth(int protection) {
        if ((protection & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC)) {
            throw new AssertionError("memory is never writable and executable");
        }
    }

    private static String name(int protection) {
        if ((protection & PROT_EXEC) != 0) {
            return "PROT_READ | PROT_EXEC";
        }
        return (protection & PROT_WRITE) != 0 ? "PROT_READ | PROT_WRITE" : "PROT_READ";
    }

    /** Whether the result of a call is the number of an error. */
    private static boolean isError(long result) {
        return result < 0 && result >= -LAST_ERRNO;
    }
}
