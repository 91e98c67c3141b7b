// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Every call that Salto makes to the system, through the C library. Each method throws when the system refuses; nothing here
 * is ever asked for memory that is both writable and executable.
 *
 * <p>What only some processes need is linked in a class of its own, when it is first used.
 */
final class SystemCalls {
    // The values of Linux on every architecture that Salto has or will have a port for.
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    private static final int MAP_FIXED = 0x10;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MREMAP_MAYMOVE = 1;
    static final int MREMAP_FIXED = 2;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_END = 2;

    private static final long FAILED = -1;

    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * The C library, which is loaded in any case, by its name: that opens nothing. The JDK's own lookup, for C libraries of other
     * names, opens a file when it is first used; where that fails, for want of a descriptor, say, it finds nothing for the rest of the process.
     */
    private static final SymbolLookup C_LIBRARY = cLibrary();

    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    /** C's {@code long}, {@code size_t}, {@code ssize_t} and {@code off_t}, and addresses as numbers: a word, which here is a {@code long} in any case. */
    private static final MemoryLayout WORD = Objects.requireNonNull(LINKER.canonicalLayouts().get("long"));

    private static final boolean WORDS_HAVE_32_BITS = WORD.byteSize() == Integer.BYTES;

    private static final MethodHandle OPEN = link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LSEEK = link("lseek",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle MMAP = link("mmap",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MREMAP = link("mremap",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

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

        static final MethodHandle MEMFD_CREATE = link("memfd_create",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle WRITE = link("write",
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        static final MethodHandle FCNTL = link("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
    }

    /** The source of unpredictable names. */
    private static final class Randomness {
        static final MethodHandle GETRANDOM = link("getrandom",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    /** The calls that take the right to write away from memory, for a while or for good. */
    private static final class Protection {
        /** The number of mseal(2), on every architecture of Linux that Salto has or will have a port for. */
        static final long SYS_MSEAL = 462;

        static final MethodHandle MPROTECT = link("mprotect",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        /** mseal has a function of its own in few C libraries as yet. */
        static final MethodHandle SYSCALL = link("syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
    }

    /** The calls that only look. */
    private static final class Inspection {
        static final int PR_GET_MDWE = 66;

        static final MethodHandle PRCTL = link("prctl",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        static final MethodHandle GETPAGESIZE = link("getpagesize", FunctionDescriptor.of(JAVA_INT));
    }

    /** The dynamic linker's knowledge of names. */
    private static final class Symbols {
        static final MethodHandle DLADDR = link("dladdr", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
    }

    private SystemCalls() {}

    /** Opens a file for reading and returns its descriptor, which programs started later do not inherit. */
    static int openForReading(Path file) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(JAVA_BYTE, bytesOf(file));
            return (int) checked(state -> (int) OPEN.invokeExact(state, path, O_RDONLY | O_CLOEXEC),
                    () -> "open(\"%s\", O_RDONLY | O_CLOEXEC)".formatted(file));
        }
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
        return checked(state -> (long) LSEEK.invokeExact(state, descriptor, 0L, SEEK_END),
                () -> "lseek(%s, 0, SEEK_END)".formatted(descriptor));
    }

    static void close(int descriptor) throws SystemCallException {
        checked(state -> (int) CLOSE.invokeExact(state, descriptor), () -> "close(%s)".formatted(descriptor));
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
            MemorySegment words = arena.allocateFrom(name);
            return (int) checked(state -> (int) MemoryFile.MEMFD_CREATE.invokeExact(state, words, flags),
                    () -> "memfd_create(\"%s\", %#x)".formatted(name, flags));
        }
    }

    /** Writes all of {@code content} to a file. */
    static void write(int descriptor, MemorySegment content) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(content.byteSize()).copyFrom(content);
            long written = 0;
            while (written < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(written);
                written += checked(
                        state -> (long) MemoryFile.WRITE.invokeExact(state, descriptor, rest, rest.byteSize()),
                        () -> "write(%s, ..., %s)".formatted(descriptor, rest.byteSize()));
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
        checked(state -> (int) MemoryFile.FCNTL.invokeExact(state, descriptor, MemoryFile.F_ADD_SEALS, seals),
                () -> "fcntl(%s, F_ADD_SEALS, %#x)".formatted(descriptor, seals));
    }

    /** A number that nobody can guess. */
    static long random() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            // So few bytes come all at once, or not at all.
            checked(state -> (long) Randomness.GETRANDOM.invokeExact(state, bytes, bytes.byteSize(), 0),
                    () -> "getrandom(..., %s, 0)".formatted(bytes.byteSize()));
            return bytes.get(JAVA_LONG, 0);
        }
    }

    /** Maps {@code length} bytes wherever the system likes, and returns their address. */
    static long mmap(long length, int protection, int flags, int descriptor, long offset) throws SystemCallException {
        return mmap(0, length, protection, flags, descriptor, offset);
    }

    /** Maps fresh memory at {@code at}, in place of whatever is mapped there. */
    static void mapOver(long at, long length) throws SystemCallException {
        mmap(at, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    }

    private static long mmap(long at, long length, int protection, int flags, int descriptor, long offset)
            throws SystemCallException {
        requireNeverBoth(protection);
        return address(
                checked(state -> (long) MMAP.invokeExact(state, at, length, protection, flags, descriptor, offset),
                        () -> "mmap(%#x, %s, %s, %#x, %s, %s)".formatted(at, length, name(protection), flags,
                                descriptor, offset)));
    }

    /** Maps the pages of a shared mapping once more, at {@code at}, in place of whatever is mapped there. */
    static void duplicate(long shared, long length, long at) throws SystemCallException {
        checked(state -> (long) MREMAP.invokeExact(state, shared, 0L, length, MREMAP_MAYMOVE | MREMAP_FIXED, at),
                () -> "mremap(%#x, 0, %s, MREMAP_MAYMOVE | MREMAP_FIXED, %#x)".formatted(shared, length, at));
    }

    static void munmap(long address, long length) throws SystemCallException {
        checked(state -> (int) MUNMAP.invokeExact(state, address, length),
                () -> "munmap(%#x, %s)".formatted(address, length));
    }

    /** Changes what may be done with memory that is not executable. */
    static void mprotect(long address, long length, int protection) throws SystemCallException {
        if ((protection & PROT_EXEC) != 0) {
            throw new AssertionError("no memory becomes executable after it was mapped");
        }
        checked(state -> (int) Protection.MPROTECT.invokeExact(state, address, length, protection),
                () -> "mprotect(%#x, %s, %s)".formatted(address, length, name(protection)));
    }

    /**
     * Keeps memory mapped as it is until the process ends.
     *
     * @return false if the kernel cannot do that: Linux can from 6.10 on, for processes of 64 bits
     */
    static boolean mseal(long address, long length) throws SystemCallException {
        try {
            checked(state -> (long) Protection.SYSCALL.invokeExact(state, Protection.SYS_MSEAL, address, length, 0L),
                    () -> "mseal(%#x, %s, 0)".formatted(address, length));
            return true;
        } catch (SystemCallException e) {
            if (e.isUnknown() || e.isDenied()) {
                return false;
            }
            throw e;
        }
    }

    /** Whether this process can no longer gain executable memory (PR_SET_MDWE). */
    static boolean refusesExecutableGain() throws SystemCallException {
        return checked(
                state -> (int) Inspection.PRCTL.invokeExact(state, Inspection.PR_GET_MDWE, 0L, 0L, 0L, 0L),
                () -> "prctl(PR_GET_MDWE, 0, 0, 0, 0)") != 0;
    }

    /** The size of a page in bytes. */
    static int pageSize() {
        try {
            return (int) checked(state -> (int) Inspection.GETPAGESIZE.invokeExact(state), () -> "getpagesize()");
        } catch (SystemCallException e) {
            throw new AssertionError("getpagesize never fails", e);
        }
    }

    /**
     * Asks the dynamic linker what an address belongs to.
     *
     * @param info room for a {@code Dl_info}
     * @return false if it knows no library there
     */
    static boolean dladdr(long address, MemorySegment info) {
        try {
            return checked(state -> (int) Symbols.DLADDR.invokeExact(state, address, info),
                    () -> "dladdr(%#x)".formatted(address)) != 0;
        } catch (SystemCallException e) {
            throw new AssertionError("dladdr has no errors", e);
        }
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

    /** A downcall that stores the error's number in {@code state}. */
    private interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    private static long checked(Call call, Supplier<String> description) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = call.invoke(state);
            if (result == FAILED) {
                int errno = (int) ERRNO.get(state, 0L);
                throw new SystemCallException(description.get(), errno);
            }
            return result;
        } catch (SystemCallException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** A word that came back as a number with a sign, as the address that it is. */
    private static long address(long word) {
        return WORDS_HAVE_32_BITS ? Integer.toUnsignedLong((int) word) : word;
    }

    /**
     * Links a function of the C library.
     *
     * @param descriptor its type, where {@code JAVA_LONG} stands for {@link #WORD}
     */
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = CAPTURE_ERRNO;
        MemoryLayout[] parameters = descriptor.argumentLayouts().stream().map(SystemCalls::inWords)
                .toArray(MemoryLayout[]::new);
        MemoryLayout result = inWords(descriptor.returnLayout().orElseThrow());
        MethodHandle call = LINKER.downcallHandle(find(name), FunctionDescriptor.of(result, parameters), all);
        return MethodHandles.explicitCastArguments(call,
                descriptor.toMethodType().insertParameterTypes(0, MemorySegment.class));
    }

    private static MemoryLayout inWords(MemoryLayout layout) {
        return layout.equals(JAVA_LONG) ? WORD : layout;
    }

    private static MemorySegment find(String name) {
        return C_LIBRARY.find(name).orElseGet(() -> LINKER.defaultLookup().findOrThrow(name));
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
