// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Every call that Salto makes to the system, through the C library. Each method throws when the system refuses; nothing here
 * is ever asked for memory that is both writable and executable.
 */
final class SystemCalls {
    // The values of Linux on every architecture that Salto has or will have a port for.
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MREMAP_MAYMOVE = 1;
    static final int MREMAP_FIXED = 2;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_END = 2;

    private static final long FAILED = -1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

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

    private SystemCalls() {}

    /** Opens a file for reading and returns its descriptor, which programs started later do not inherit. */
    static int openForReading(Path file) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            // The bytes of a path are what the JDK itself would hand to the system.
            Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
            MemorySegment path = arena.allocateFrom(file.toString(), names);
            return (int) checked(state -> (int) OPEN.invokeExact(state, path, O_RDONLY | O_CLOEXEC),
                    () -> "open(\"%s\", O_RDONLY | O_CLOEXEC)".formatted(file));
        }
    }

    /** The size of an open file in bytes. */
    static long size(int descriptor) throws SystemCallException {
        return checked(state -> (long) LSEEK.invokeExact(state, descriptor, 0L, SEEK_END),
                () -> "lseek(%d, 0, SEEK_END)".formatted(descriptor));
    }

    static void close(int descriptor) throws SystemCallException {
        checked(state -> (int) CLOSE.invokeExact(state, descriptor), () -> "close(%d)".formatted(descriptor));
    }

    /** Maps {@code length} bytes wherever the system likes, and returns their address. */
    static long mmap(long length, int protection, int flags, int descriptor) throws SystemCallException {
        if ((protection & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC)) {
            throw new AssertionError("memory is never writable and executable");
        }
        return checked(state -> (long) MMAP.invokeExact(state, 0L, length, protection, flags, descriptor, 0L),
                () -> "mmap(NULL, %d, %s, %#x, %d, 0)".formatted(length,
                        (protection & PROT_EXEC) != 0 ? "PROT_READ | PROT_EXEC" : "PROT_READ | PROT_WRITE", flags,
                        descriptor));
    }

    /** Maps the pages of a shared mapping once more, at {@code at}, in place of whatever is mapped there. */
    static void duplicate(long shared, long length, long at) throws SystemCallException {
        checked(state -> (long) MREMAP.invokeExact(state, shared, 0L, length, MREMAP_MAYMOVE | MREMAP_FIXED, at),
                () -> "mremap(%#x, 0, %d, MREMAP_MAYMOVE | MREMAP_FIXED, %#x)".formatted(shared, length, at));
    }

    static void munmap(long address, long length) throws SystemCallException {
        checked(state -> (int) MUNMAP.invokeExact(state, address, length),
                () -> "munmap(%#x, %d)".formatted(address, length));
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
                throw new SystemCallException(description.get(), errno, explain(errno));
            }
            return result;
        } catch (SystemCallException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = CAPTURE_ERRNO;
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }

    /** The system's words for an error. Linked only when there is something to explain. */
    private static String explain(int errno) {
        MethodHandle strerror = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"),
                FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            MemorySegment words = (MemorySegment) strerror.invokeExact(errno);
            return words.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new AssertionError("strerror threw", e);
        }
    }
}
