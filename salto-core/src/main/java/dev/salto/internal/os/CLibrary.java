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
     * The C library by its name. It is loaded in any case, so this opens no file. The JDK's own
     * lookup, for C libraries of other names, opens a file at its first use. If that fails, for
     * example for lack of a descriptor, it finds nothing for the rest of the process.
     */
    private static final SymbolLookup C_LIBRARY = cLibrary();

    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final int ERRNO = offsetOfErrno();

    /**
     * C's {@code long}, {@code size_t}, {@code ssize_t} and {@code off_t}, and addresses as
     * numbers: a word, which is a {@code long} in Java here.
     */
    private static final MemoryLayout WORD = Objects.requireNonNull(LINKER.canonicalLayouts().get("long"));

    private static final boolean WORDS_HAVE_32_BITS = WORD.byteSize() == Integer.BYTES;

    /**
     * Calls any function that takes at most six integers or pointers. On POWER it must not be
     * variadic, because the caller's frame then needs more room. In the calling conventions of all
     * ports, each argument is a word, and an {@code int} is widened with its sign. Its place does
     * not depend on later arguments, and superfluous arguments do no harm. If the result is an
     * {@code int}, the rest of its word is undefined.
     */
    private static final MethodHandle FUNCTION = LINKER.downcallHandle(
            FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD), CAPTURE_ERRNO);

    /**
     * The memory where {@link #FUNCTION} stores the error's number, unless another thread has taken
     * it for a call. New memory for each call would take twice as long as the rest of an
     * interpreted call. Calls are interpreted until some hundred tables are mapped.
     */
    private static final AtomicReference<@Nullable MemorySegment> SPARE_STATE = new AtomicReference<>(newState());

    private CLibrary() {}

    /**
     * Calls a function that returns a word. Holds no lock.
     *
     * @return its result; instead of {@link #FAILED}, the negative number of the error, as in the
     *     kernel
     */
    static long callForWord(MemorySegment function, long first, long second, long third, long fourth,
            long fifth, long sixth) {
        MemorySegment state = takeState();
        long result = call(function, state, first, second, third, fourth, fifth, sixth);
        long answer = result == FAILED ? -errno(state) : result;
        SPARE_STATE.set(state);
        return answer;
    }

    /**
     * Calls a function of at most three parameters that returns an {@code int}, like
     * {@link #callForWord}.
     */
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

    /** Calls a variadic function, like {@link #callForWord}. */
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
     * Read through a buffer. A layout's variable handle would take time, and memory, which may be
     * the very thing that is lacking.
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

    /** Turns a word that was returned as a signed number into an address. */
    static long address(long word) {
        return WORDS_HAVE_32_BITS ? Integer.toUnsignedLong((int) word) : word;
    }

    /**
     * Links a variadic function of the C library.
     *
     * @param fixed the number of its declared parameters
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

    /** Finds a function that some C libraries do not have. */
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
