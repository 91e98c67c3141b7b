// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls to Linux with which a test brings a process into a situation, or which a situation
 * forbids; as on x86-64.
 */
enum SystemCall {
    /** Address, length, protection, flags, descriptor, offset. */
    MMAP(9),
    /** Address, length, protection. */
    MPROTECT(10),
    /** Address, length. */
    MUNMAP(11),
    /** Old address, old length, new length, flags, new address. */
    MREMAP(25),
    /** A folder. */
    CHDIR(80),
    /** The operation, and four words for it. */
    PRCTL(157),
    /** A folder. */
    CHROOT(161),
    /** The exit code. */
    EXIT_GROUP(231),
    /** The operation, flags, a program. */
    SECCOMP(317),
    /** A name, flags. */
    MEMFD_CREATE(319),
    /** Address, length, protection, key. */
    PKEY_MPROTECT(329),
    /** First descriptor, last descriptor, flags. */
    CLOSE_RANGE(436);

    private static final int ARGUMENTS = 6;
    private static final long FAILED = -1;

    final int number;

    SystemCall(int number) {
        this.number = number;
    }

    /**
     * Calls the system with a path.
     *
     * @throws IllegalStateException if the system refuses; the message holds the error's number
     */
    void call(String path) {
        try (Arena arena = Arena.ofConfined()) {
            call(arena.allocateFrom(path).address());
        }
    }

    /**
     * Calls the system.
     *
     * @param arguments the arguments; those that are left out are zero
     * @throws IllegalStateException if the system refuses; the message holds the error's number
     */
    long call(long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(JAVA_LONG, ARGUMENTS);
            MemorySegment.copy(arguments, 0, all, JAVA_LONG, 0, arguments.length);
            MemorySegment state = arena.allocate(C.STATE);
            long result = (long) C.SYSCALL.invokeExact(state, (long) number, all.getAtIndex(JAVA_LONG, 0),
                    all.getAtIndex(JAVA_LONG, 1), all.getAtIndex(JAVA_LONG, 2), all.getAtIndex(JAVA_LONG, 3),
                    all.getAtIndex(JAVA_LONG, 4), all.getAtIndex(JAVA_LONG, 5));
            if (result == FAILED) {
                throw new IllegalStateException("%s failed with errno %d".formatted(this, (int) C.ERRNO.get(state, 0)));
            }
            return result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /**
     * Makes sure that a call is refused.
     *
     * @param errno the number of the error that the call has to fail with
     * @throws AssertionError if it succeeds or fails otherwise
     */
    void requireRefused(int errno, long... arguments) {
        String result;
        try {
            result = "%s returned %#x".formatted(this, call(arguments));
        } catch (IllegalStateException e) {
            result = String.valueOf(e.getMessage());
        }
        if (!result.endsWith("errno " + errno)) {
            throw new AssertionError("this should be refused with errno %d: %s".formatted(errno, result));
        }
    }

    /**
     * A function of the C library. It is there already, so finding it needs no file: not even a
     * free descriptor, as the JDK's lookup does.
     */
    static MethodHandle ofTheCLibrary(String name, FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(C.LIBRARY.findOrThrow(name), type, options);
    }

    /** A class of its own, so that naming a system call does not touch native code yet. */
    private static final class C {
        static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libc.so.6", Arena.global());
        static final MemoryLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle SYSCALL = ofTheCLibrary("syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_LONG),
                Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    }
}
