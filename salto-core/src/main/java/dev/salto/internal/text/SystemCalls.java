// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every call that Salto makes to the system, through the C library. Each method throws when the system refuses; nothing here
 * is ever asked for memory that is both writable and executable.
 *
 * <p>To link a function takes milliseconds, which the first callback of a process has to wait for. So all functions with a fixed number of
 * parameters share one linkage: words in, a word out. The others, and what only some processes need, are in classes of their own, which are initialised
 * when they are first used.
 */
final class SystemCalls {
    // The values of Linux on every architecture that Salto has or will have a port for.
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    static final int MREMAP_MAYMOVE = 1;
    static final int MREMAP_FIXED = 2;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_END = 2;

    private static final long FAILED = -1;

    /** The largest number of an error on Linux. */
    private static final long LAST_ERRNO = 4095;

    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * The C library, which is loaded in any case, by its name: that opens nothing. The JDK's own lookup, for C libraries of other
     * names, opens a file when it is first used; where that fails, for want of a descriptor, say, it finds nothing for the rest of the process.
     */
    private static final SymbolLookup C_LIBRARY = cLibrary();

    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final int ERRNO = offsetOfErrno();

    /** C's {@code long}, {@code size_t}, {@code ssize_t} and {@code off_t}, and addresses as numbers: a word, which here is a {@code long} in any case. */
    private static final MemoryLayout WORD = Objects.requireNonNull(LINKER.canonicalLayouts().get("long"));

    private static final boolean WORDS_HAVE_32_BITS = WORD.byteSize() == Integer.BYTES;

    /**
     * Calls any function that takes at most six integers or pointers, and is not variadic. In the calling conventions of all ports each of them travels as a
     * word, an {@code int} widened by its sign, in a place that does not depend on what comes behind it; and nobody minds what a function has no parameter for. Of the word
     * that comes back from a function that returns an {@code int}, the rest can be anything.
     */
    private static final MethodHandle FUNCTION = LINKER.downcallHandle(
            FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD), CAPTURE_ERRNO);

    /**
     * Where {@link #FUNCTION} stores the error's number, for one thread at a time. Memory of its own for each call takes twice as long as the rest of it while that is
     * interpreted, which it is until some hundred tables are mapped.
     */
    private static final MemorySegment FUNCTION_STATE = Arena.global().allocate(STATE);

    private static final MemorySegment LSEEK = find("lseek");
    private static final MemorySegment PREAD = find("pread");
    private static final MemorySegment CLOSE = find("close");
    private static final MemorySegment MMAP = find("mmap");
    private static final MemorySegment MREMAP = find("mremap");
    private static final MemorySegment MUNMAP = find("munmap");
    private static final MemorySegment GETPAGESIZE = find("getpagesize");

    /**
     * {@code open} without its third parameter, which programs call that were compiled with checks: a function that is not variadic. Null in C libraries that lack it;
     * GNU's has it.
     */
    private static final @Nullable MemorySegment OPEN_2 = C_LIBRARY.find("__open_2").orElse(null);

    /** The variadic function. */
    private static final class Opening {
        static final MethodHandle OPEN = linkVariadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
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

        static final MemorySegment MEMFD_CREATE = find("memfd_create");
        static final MemorySegment WRITE = find("write");
        static final MethodHandle FCNTL = linkVariadic("fcntl", 2,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    }

    /** The source of unpredictable names. */
    private static final class Randomness {
        static final MemorySegment GETRANDOM = find("getrandom");
    }

    /** The calls that take the right to write away from memory, for a while or for good. */
    private static final class Protection {
        /** The number of mseal(2), on every architecture of Linux that Salto has or will have a port for. */
        static final long SYS_MSEAL = 462;

        static final MemorySegment MPROTECT = find("mprotect");
        /** mseal has a function of its own in few C libraries as yet. */
        static final MethodHandle SYSCALL = linkVariadic("syscall", 1,
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /** The calls that only look. */
    private static final class Inspection {
        static final int PR_GET_MDWE = 66;

        static final MethodHandle PRCTL = linkVariadic("prctl", 1,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /** The dynamic linker's knowledge of names. */
    private static final class Symbols {
        static final MemorySegment DLADDR = find("dladdr");
    }

    private SystemCalls() {}

    /** Opens a file for reading and returns its descriptor, which programs started later do not inherit. */
    static int openForReading(Path file) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = copy(bytesOf(file), arena);
            int flags = O_RDONLY | O_CLOEXEC;
            int descriptor = OPEN_2 != null
                    ? callForInt(OPEN_2, path.address(), flags, 0)
                    : (int) call(state -> (int) Opening.OPEN.invokeExact(state, path, flags));
            if (isError(descriptor)) {
                throw new SystemCallException("open(\"" + file + "\", O_RDONLY | O_CLOEXEC)", descriptor);
            }
            return descriptor;
        }
    }

    /** Without the help of variable handles, which would have to be made for it. */
    private static MemorySegment copy(byte[] bytes, Arena arena) {
        MemorySegment copy = arena.allocate(bytes.length);
        copy.asByteBuffer().put(bytes);
        return copy;
    }

    /**
     * The bytes of a path, with a zero behind them. They are taken from the path's URI because in a locale without the path's characters
     * its string has lost them.
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
    static long size(int descriptor) throws SystemCallException {
        long size = callForWord(LSEEK, descriptor, 0, SEEK_END, 0, 0, 0);
        if (isError(size)) {
            throw new SystemCallException("lseek(%s, 0, SEEK_END)".formatted(descriptor), size);
        }
        return size;
    }

    /**
     * Fills memory with bytes of an open file.
     *
     * @throws IndexOutOfBoundsException if the file has no such bytes
     */
    static void read(int descriptor, long offset, MemorySegment to) throws SystemCallException {
        long size = to.byteSize();
        Objects.checkFromIndexSize(offset, size, Long.MAX_VALUE);
        long done = 0;
        while (done < size) {
            long result = callForWord(PREAD, descriptor, to.address() + done, size - done, offset + done, 0, 0);
            if (isError(result)) {
                throw new SystemCallException(
                        "pread(%s, ..., %s, %s)".formatted(descriptor, size - done, offset + done), result);
            }
            if (result == 0) {
                throw new IndexOutOfBoundsException("the file ends before byte " + (offset + size));
            }
            done += result;
        }
    }

    static void close(int descriptor) throws SystemCallException {
        int result = callForInt(CLOSE, descriptor, 0, 0);
        if (isError(result)) {
            throw new SystemCallException("close(%s)".formatted(descriptor), result);
        }
    }

    /**
     * Makes a file that has no name in any folder, and returns its descriptor. It can be mapped read+execute, and cannot be run as a
     * program: that is what {@code vm.memfd_noexec} is about.
     */
    static int createMemoryFile(String name) throws SystemCallException {
        try {
            return createMemoryFile(name,
                    MemoryFile.MFD_CLOEXEC | MemoryFile.MFD_ALLOW_SEALING | MemoryFile.MFD_NOEXEC_SEAL);
        } catch (SystemCallException e) {
            if (!e.isUnknown()) {
                throw e;
            }
            // Linux before 6.3 does not know MFD_NOEXEC_SEAL.
            return createMemoryFile(name, MemoryFile.MFD_CLOEXEC | MemoryFile.MFD_ALLOW_SEALING);
        }
    }

    private static int createMemoryFile(String name, int flags) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = callForInt(MemoryFile.MEMFD_CREATE, arena.allocateFrom(name).address(), flags, 0);
            if (isError(descriptor)) {
                throw new SystemCallException("memfd_create(\"%s\", %#x)".formatted(name, flags), descriptor);
            }
            return descriptor;
        }
    }

    /** Writes all of {@code content} to a file. */
    static void write(int descriptor, MemorySegment content) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(content.byteSize()).copyFrom(content);
            long written = 0;
            while (written < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(written);
                long result = callForWord(MemoryFile.WRITE, descriptor, rest.address(), rest.byteSize(), 0, 0, 0);
                if (isError(result)) {
                    throw new SystemCallException("write(%s, ..., %s)".formatted(descriptor, rest.byteSize()),
                            result);
                }
                written += result;
            }
        }
    }

    /** Takes from everyone, for good, the right to change a memory file. */
    static void sealMemoryFile(int descriptor) throws SystemCallException {
        int size = MemoryFile.F_SEAL_SEAL | MemoryFile.F_SEAL_SHRINK | MemoryFile.F_SEAL_GROW;
        try {
            // Nobody has it mapped for writing, so this is as good as F_SEAL_WRITE. With that one, Linux before 6.7 refuses shared mappings.
            addSeals(descriptor, size | MemoryFile.F_SEAL_FUTURE_WRITE);
        } catch (SystemCallException e) {
            if (!e.isUnknown()) {
                throw e;
            }
            // Linux before 5.1 does not know F_SEAL_FUTURE_WRITE.
            addSeals(descriptor, size | MemoryFile.F_SEAL_WRITE);
        }
    }

    private static void addSeals(int descriptor, int seals) throws SystemCallException {
        long result = call(
                state -> (int) MemoryFile.FCNTL.invokeExact(state, descriptor, MemoryFile.F_ADD_SEALS, seals));
        if (isError(result)) {
            throw new SystemCallException("fcntl(%s, F_ADD_SEALS, %#x)".formatted(descriptor, seals), result);
        }
    }

    /** A number that nobody can guess. */
    static long random() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            // So few bytes come all at once, or not at all.
            long result = callForWord(Randomness.GETRANDOM, bytes.address(), bytes.byteSize(), 0, 0, 0, 0);
            if (isError(result)) {
                throw new SystemCallException("getrandom(..., %s, 0)".formatted(bytes.byteSize()), result);
            }
            return bytes.get(JAVA_LONG, 0);
        }
    }

    /** Maps {@code length} bytes wherever the system likes, and returns their address. */
    static long mmap(long length, int protection, int flags, int descriptor, long offset) throws SystemCallException {
        requireNeverBoth(protection);
        long result = callForWord(MMAP, 0, length, protection, flags, descriptor, offset);
        if (isError(result)) {
            throw new SystemCallException(
                    "mmap(0, %s, %s, %#x, %s, %s)".formatted(length, name(protection), flags, descriptor, offset),
                    result);
        }
        return address(result);
    }

    /**
     * Maps fresh zeroed memory that can be written.
     *
     * @param sharing {@link #MAP_PRIVATE}, or {@link #MAP_SHARED} if it is going to be {@linkplain #duplicate duplicated}
     */
    static long mapMemory(long length, int sharing) throws SystemCallException {
        return mmap(length, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    }

    /** Moves a mapping to {@code to}, in place of whatever is mapped there. Whoever reads there meanwhile finds what was mapped before, or waits for what is then. */
    static void move(long from, long length, long to) throws SystemCallException {
        remap(from, length, length, to);
    }

    /** Maps the pages of a shared mapping once more, at {@code at}, in place of whatever is mapped there. */
    static void duplicate(long shared, long length, long at) throws SystemCallException {
        remap(shared, 0, length, at);
    }

    private static void remap(long from, long oldLength, long length, long to) throws SystemCallException {
        long result = callForWord(MREMAP, from, oldLength, length, MREMAP_MAYMOVE | MREMAP_FIXED, to, 0);
        if (isError(result)) {
            throw new SystemCallException("mremap(%#x, %s, %s, MREMAP_MAYMOVE | MREMAP_FIXED, %#x)".formatted(from,
                    oldLength, length, to), result);
        }
    }

    static void munmap(long address, long length) throws SystemCallException {
        int result = callForInt(MUNMAP, address, length, 0);
        if (isError(result)) {
            throw new SystemCallException("munmap(%#x, %s)".formatted(address, length), result);
        }
    }

    /** Changes what may be done with memory that is not executable. */
    static void mprotect(long address, long length, int protection) throws SystemCallException {
        if ((protection & PROT_EXEC) != 0) {
            throw new AssertionError("no memory becomes executable after it was mapped");
        }
        int result = callForInt(Protection.MPROTECT, address, length, protection);
        if (isError(result)) {
            throw new SystemCallException("mprotect(%#x, %s, %s)".formatted(address, length, name(protection)),
                    result);
        }
    }

    /**
     * Keeps memory mapped as it is until the process ends.
     *
     * @return false if the kernel cannot do that: Linux can from 6.10 on, for processes of 64 bits
     */
    static boolean mseal(long address, long length) throws SystemCallException {
        long result = call(
                state -> (long) Protection.SYSCALL.invokeExact(state, Protection.SYS_MSEAL, address, length, 0L));
        if (isError(result)) {
            SystemCallException refusal = new SystemCallException("mseal(%#x, %s, 0)".formatted(address, length),
                    result);
            if (refusal.isUnknown() || refusal.isDenied()) {
                return false;
            }
            throw refusal;
        }
        return true;
    }

    /** Whether this process can no longer gain executable memory (PR_SET_MDWE). */
    static boolean refusesExecutableGain() throws SystemCallException {
        long result = call(state -> (int) Inspection.PRCTL.invokeExact(state, Inspection.PR_GET_MDWE, 0L, 0L, 0L, 0L));
        if (isError(result)) {
            throw new SystemCallException("prctl(PR_GET_MDWE, 0, 0, 0, 0)", result);
        }
        return result != 0;
    }

    /** The size of a page in bytes. */
    static int pageSize() {
        return callForInt(GETPAGESIZE, 0, 0, 0);
    }

    /**
     * Asks the dynamic linker what an address belongs to.
     *
     * @param info room for a {@code Dl_info}
     * @return false if it knows no library there
     */
    static boolean dladdr(long address, MemorySegment info) {
        return callForInt(Symbols.DLADDR, address, info.address(), 0) != 0;
    }

    private static void requireNeverBoth(int protection) {
        if ((protection & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC)) {
            throw new AssertionError("memory is never writable and executable");
        }
    }

    private static String name(int protection) {
        return (protection & PROT_EXEC) != 0
                ? "PROT_READ | PROT_EXEC"
                : (protection & PROT_WRITE) != 0 ? "PROT_READ | PROT_WRITE" : "PROT_READ";
    }

    /** As {@link NativeSymbols#callWithZeros}. */
    static long callWithZeros(long function) {
        return call(state -> WORDS_HAVE_32_BITS
                ? (int) FUNCTION.invokeExact(MemorySegment.ofAddress(function), state, 0, 0, 0, 0, 0, 0)
                : (long) FUNCTION.invokeExact(MemorySegment.ofAddress(function), state, 0L, 0L, 0L, 0L, 0L, 0L));
    }

    /**
     * Calls a function that returns a word.
     *
     * @return what it returns; if that is {@link #FAILED}, the number of the error with a minus before it, as the kernel has it
     */
    private static synchronized long callForWord(MemorySegment function, long first, long second, long third,
            long fourth, long fifth, long sixth) {
        long result = call(function, first, second, third, fourth, fifth, sixth);
        return result == FAILED ? -errno(FUNCTION_STATE) : result;
    }

    /** The same for a function of at most three parameters that returns an {@code int}. */
    private static synchronized int callForInt(MemorySegment function, long first, long second, long third) {
        int result = (int) call(function, first, second, third, 0, 0, 0);
        return result == FAILED ? -errno(FUNCTION_STATE) : result;
    }

    private static long call(MemorySegment function, long first, long second, long third, long fourth, long fifth,
            long sixth) {
        try {
            return WORDS_HAVE_32_BITS
                    ? (int) FUNCTION.invokeExact(function, FUNCTION_STATE, (int) first, (int) second, (int) third,
                            (int) fourth, (int) fifth, (int) sixth)
                    : (long) FUNCTION.invokeExact(function, FUNCTION_STATE, first, second, third, fourth, fifth,
                            sixth);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** A call of a variadic function, which stores the error's number in {@code state}. */
    private interface Variadic {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** The same for a variadic function. */
    private static long call(Variadic call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = call.invoke(state);
            return result == FAILED ? -errno(state) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** Read by way of a buffer, because a layout's variable handle would have to be made, which takes time, and memory that may be just what is lacking. */
    private static int errno(MemorySegment state) {
        return state.asByteBuffer().order(ByteOrder.nativeOrder()).getInt(ERRNO);
    }

    private static int offsetOfErrno() {
        long offset = 0;
        for (MemoryLayout member : STATE.memberLayouts()) {
            if (member.name().orElse("").equals("errno")) {
                return (int) offset;
            }
            offset += member.byteSize();
        }
        throw new AssertionError("the linker does not capture errno");
    }

    /** Whether the result of a call is the number of an error. */
    private static boolean isError(long result) {
        return result < 0 && result >= -LAST_ERRNO;
    }

    /** A word that came back as a number with a sign, as the address that it is. */
    private static long address(long word) {
        return WORDS_HAVE_32_BITS ? Integer.toUnsignedLong((int) word) : word;
    }

    /**
     * Links a variadic function of the C library.
     *
     * @param fixed how many of its parameters it has in any case
     * @param descriptor its type, where {@code JAVA_LONG} stands for {@link #WORD}
     */
    private static MethodHandle linkVariadic(String name, int fixed, FunctionDescriptor descriptor) {
        MemoryLayout[] parameters = descriptor.argumentLayouts().stream().map(SystemCalls::inWords)
                .toArray(MemoryLayout[]::new);
        MemoryLayout result = inWords(descriptor.returnLayout().orElseThrow());
        MethodHandle call = LINKER.downcallHandle(find(name), FunctionDescriptor.of(result, parameters),
                Linker.Option.firstVariadicArg(fixed), CAPTURE_ERRNO);
        return MethodHandles.explicitCastArguments(call,
                descriptor.toMethodType().insertParameterTypes(0, MemorySegment.class));
    }

    private static MemoryLayout inWords(MemoryLayout layout) {
        return layout.equals(JAVA_LONG) ? WORD : layout;
    }

    private static MemorySegment find(String name) {
        Optional<MemorySegment> found = C_LIBRARY.find(name);
        return found.isPresent() ? found.get() : LINKER.defaultLookup().findOrThrow(name);
    }

    /** Finds nothing if there is no C library of that name. */
    private static SymbolLookup cLibrary() {
        try {
            return SymbolLookup.libraryLookup("libc.so.6", Arena.global());
        } catch (IllegalArgumentException e) {
            return _ -> Optional.empty();
        }
    }
}
