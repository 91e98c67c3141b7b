// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.CopiedBytes;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A choice for one closure whose calls are recorded, passed to {@link CallQueue#bind}.
 *
 * {@snippet :
 * // int log(void *data, int code, const char *message)
 * RecordingOption[] options = {RecordingOption.copyString(2, 400), RecordingOption.returning(1)};
 * }
 *
 * <p>Options are immutable.
 */
public final class RecordingOption {
    private static final RecordingOption WITHOUT_CLOCK = new RecordingOption(null, null);

    private final @Nullable Object result;
    private final @Nullable CopiedBytes copy;

    private RecordingOption(@Nullable Object result, @Nullable CopiedBytes copy) {
        this.result = result;
        this.copy = copy;
    }

    /**
     * Sets the result of all calls. Without this option it is zero.
     *
     * @param value the result, boxed, of the type that {@link FunctionDescriptor#toMethodType}
     *     gives
     * @return the option, for functions with such a result
     */
    public static RecordingOption returning(Object value) {
        return new RecordingOption(Objects.requireNonNull(value, "value"), null);
    }

    /**
     * Returns the option that calls do not read the processor's counter. They take less time, and
     * {@link RecordedCall#clock} is 0.
     *
     * @return the option
     */
    public static RecordingOption withoutClock() {
        return WITHOUT_CLOCK;
    }

    /**
     * Keeps a fixed number of bytes behind a pointer. A call with a null pointer keeps none.
     *
     * @param argument the index of the pointer, from 0
     * @param count the number of bytes
     * @return the option, for functions with such an argument
     * @throws IllegalArgumentException if {@code count} is negative
     */
    public static RecordingOption copyBytes(int argument, int count) {
        return copying(argument, count, CopiedBytes.NO_ARGUMENT, false);
    }

    /**
     * Keeps the bytes behind a pointer whose number is another argument. A call with a null pointer
     * keeps none.
     *
     * @param argument the index of the pointer, from 0
     * @param lengthArgument the index of their number: a {@code size_t}, or an {@code int} that is
     *     not negative
     * @param limit the largest number of bytes that is kept
     * @return the option, for functions with such arguments
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public static RecordingOption copyCounted(int argument, int lengthArgument, int limit) {
        if (lengthArgument < 0) {
            throw new IllegalArgumentException(
                    "%d cannot be the index of an argument; the first is 0".formatted(lengthArgument));
        }
        return copying(argument, limit, lengthArgument, false);
    }

    /**
     * Keeps the bytes behind a pointer up to a NUL. A call with a null pointer keeps none.
     *
     * @param argument the index of the pointer, from 0
     * @param limit the largest number of bytes that is kept, without the NUL
     * @return the option, for functions with such an argument
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public static RecordingOption copyString(int argument, int limit) {
        return copying(argument, limit, CopiedBytes.NO_ARGUMENT, true);
    }

    private static RecordingOption copying(int argument, int limit, int lengthArgument, boolean toNul) {
        if (argument < 0) {
            throw new IllegalArgumentException(
                    "%d cannot be the index of an argument; the first is 0".formatted(argument));
        }
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "%d bytes cannot be copied; give 0 or more".formatted(limit));
        }
        return new RecordingOption(null, new CopiedBytes(argument, limit, lengthArgument, toNul));
    }

    /**
     * The result of all calls of a function, of its type; null for zero.
     *
     * @throws IllegalArgumentException if the function has no such result, or two are given
     */
    static @Nullable Object result(FunctionDescriptor function, RecordingOption... options) {
        Object chosen = null;
        for (RecordingOption option : options) {
            Object own = Objects.requireNonNull(option, "an option is null").result;
            if (own != null && chosen != null) {
                throw new IllegalArgumentException(
                        "RecordingOption.returning is given more than once; pass one option of each kind");
            }
            chosen = own == null ? chosen : own;
        }
        if (chosen == null) {
            return null;
        }
        if (function.returnLayout().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s is no result of %s, which returns nothing; leave RecordingOption.returning out"
                            .formatted(chosen, function));
        }
        return ExceptionPolicy.returnValue(chosen).handling(function).value();
    }

    /** Whether calls read the processor's counter. */
    @SuppressWarnings("ReferenceEquality") // there is one
    static boolean haveClock(RecordingOption... options) {
        for (RecordingOption option : options) {
            if (option == WITHOUT_CLOCK) {
                return false;
            }
        }
        return true;
    }

    /**
     * The bytes to keep of the calls of a function.
     *
     * @throws IllegalArgumentException if the function has no such arguments
     */
    static List<CopiedBytes> copies(FunctionDescriptor function, RecordingOption... options) {
        List<CopiedBytes> copies = new ArrayList<>();
        for (RecordingOption option : options) {
            CopiedBytes copy = option.copy;
            if (copy != null) {
                require(function, copy.argument(), ValueLayout.ADDRESS.carrier(), "a pointer");
                if (copy.lengthArgument() != CopiedBytes.NO_ARGUMENT) {
                    require(function, copy.lengthArgument(), null, "the number of its bytes");
                }
                copies.add(copy);
            }
        }
        return copies;
    }

    private static void require(FunctionDescriptor function, int index, @Nullable Class<?> carrier, String use) {
        List<MemoryLayout> arguments = function.argumentLayouts();
        if (index < arguments.size() && arguments.get(index) instanceof ValueLayout value) {
            boolean fits = carrier != null
                    ? value.carrier() == carrier
                    : value.carrier() == int.class
                            || (value.carrier() == long.class && value.byteSize() == ValueLayout.ADDRESS.byteSize());
            if (fits) {
                return;
            }
        }
        throw new IllegalArgumentException(
                "argument %d of %s is not %s; give the index of one, the first is 0".formatted(index, function, use));
    }
}
