// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls functions of the C library. All functions with a fixed number of parameters share one
 * linkage: words in, a word out.
 *
 * <p>The class is initialised when the first function is called, because linking needs the
 * permission to call native code.
 */
final class CLibrary {
    private static final long FAILED = -1;

    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * The C library, which is loaded in any case, by its name: that opens nothing. The JDK's own
     * lookup, for C libraries of other names, opens a file when it is first used; where that fails,
     * for want of a descriptor, say, it finds nothing for the rest of the process.
     */
    private static final SymbolLookup C_LIBRARY = cLibrary();

    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final int ERRNO = offsetOfErrno();

    /**
     * C's {@code long}, {@code size_t}, {@code ssize_t} and {@code off_t}, and addresses as
     * numbers: a word, which here is a {@code long} in any case.
     */
    private static final MemoryLayout WORD = Objects.requireNonNull(LINKER.canonicalLayouts().get("long"));

    private static final boolean WORDS_HAVE_32_BITS = WORD.byteSize() == Integer.BYTES;

    /**
     * Calls any function that takes at most six integers or pointers. It must not be variadic on
     * POWER, where the caller's frame needs more room then. In the calling conventions of all ports
     * each of them travels as a word, an {@code int} widened by
     * its sign, in a place that does not depend on what comes behind it; and nobody minds what a
     * function has no parameter for. Of the word that comes back from a function that returns an
     * {@code int}, the rest can be anything.
     */
    private static final MethodHandle FUNCTION = LINKER.downcallHandle(
            FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD), CAPTURE_ERRNO);

    /**
     * Where {@link #FUNCTION} stores the error's number, if no other thread has taken it for a
     * call. New memory for each call takes twice as long as the rest of the call while that is
     * interpreted, which it is until some hundred tables are mapped.
     */
    private static final AtomicReference<@Nullable MemorySegment> SPARE_STATE = new AtomicReference<>(newState());

    private CLibrary() {}

    /**
     * Calls a function that returns a word. Holds no lock.
     *
     * @return what it returns; if that is {@link #FAILED}, the number of the error with a minus
     *     before it, as the kernel has it
     */
    static long callForWord(MemorySegment function, long first, long second, long third, long fourth,
            long fifth, long sixth) {
        MemorySegment state = takeState();
        long result = call(function, state, first, second, third, fourth, fifth, sixth);
        long answer = result == FAILED ? -errno(state) : result;
        SPARE_STATE.set(state);
        return answer;
    }

    /** The same for a function of at most three parameters that returns an {@code int}. */
    static int callForInt(MemorySegment function, long first, long second, long third) {
        MemorySegment state = takeState();
        int result = (int) call(function, state, first, second, third, 0, 0, 0);
        int answer = result == FAILED ? -errno(state) : result;
        SPARE_STATE.set(state);
        return answer;
    }

    private static MemorySegment takeState() {
        MemorySegment state = SPARE_STATE.getAndSet(null);
        return state != null ? state : newState();
    }

    private static MemorySegment newState() {
        return Arena.ofAuto().allocate(STATE);
    }

    private static long call(MemorySegment function, MemorySegment state, long first, long second, long third,
            long fourth, long fifth, long sixth) {
        try {
            return WORDS_HAVE_32_BITS
                    ? (int) FUNCTION.invokeExact(function, state, (int) first, (int) second, (int) third, (int) fourth,
                            (int) fifth, (int) sixth)
                    : (long) FUNCTION.invokeExact(function, state, first, second, third, fourth, fifth, sixth);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** A call of a variadic function, which stores the error's number in {@code state}. */
    interface Variadic {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** The same for a variadic function. */
    static long call(Variadic call) {
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

    /**
     * Read by way of a buffer, because a layout's variable handle would have to be made, which
     * takes time, and memory that may be just what is lacking.
     */
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

    /** A word that came back as a number with a sign, as the address that it is. */
    static long address(long word) {
        return WORDS_HAVE_32_BITS ? Integer.toUnsignedLong((int) word) : word;
    }

    /**
     * Links a variadic function of the C library.
     *
     * @param fixed how many of its parameters it has in any case
     * @param descriptor its type, where {@code JAVA_LONG} stands for {@link #WORD}
     */
    static MethodHandle linkVariadic(String name, int fixed, FunctionDescriptor descriptor) {
        MemoryLayout[] parameters = descriptor.argumentLayouts().stream().map(CLibrary::inWords)
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

    /** Finds a function that some C libraries lack. */
    static @Nullable MemorySegment findIfThere(String name) {
        return C_LIBRARY.find(name).orElse(null);
    }

    static MemorySegment find(String name) {
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
