// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.util.Map;
import java.util.Set;

/**
 * What the calling convention of one architecture adds to Salto. A port has no state.
 *
 * <p>Beside the methods here it consists of the {@code .S} file of the same name.
 */
public interface Port {
    /** The name of the architecture: that of the {@code .S} file and of the text image. */
    String architecture();

    /** The name of the calling convention, for people. */
    String abi();

    /**
     * Whether a JVM on Linux on this architecture, the one that runs, has this calling convention.
     */
    default boolean isForThisJvm() {
        return true;
    }

    /**
     * Says how the values of a function travel.
     *
     * @param function a function that the JDK's linker accepts
     */
    CallSequence classify(FunctionDescriptor function);

    /**
     * Says how the values of a function with three dots in its declaration travel.
     *
     * @param fixed how many arguments there are before the dots
     */
    default CallSequence classifyVariadic(FunctionDescriptor function, int fixed) {
        return classify(function);
    }

    /** The types without a layout of the JDK's that {@link #classify} has rules for. */
    default Set<ExtendedType> extendedTypes() {
        return ExtendedType.ALL;
    }

    /** Whether numbers that are {@code float} in C are {@code double} in a register. */
    default boolean widensFloats() {
        return false;
    }

    /**
     * Whether the JDK has a linker of its own for this architecture. Where it leaves calls to
     * libffi, a closure is no faster with a gate than without, and narrow results are not always
     * widened as C expects.
     */
    default boolean hasLinker() {
        return true;
    }

    /**
     * Whether a processor may load what a function pointer leads to before it loads the function
     * pointer. Then a barrier that all threads execute is needed before a function pointer is
     * handed out.
     */
    default boolean needsBarrier() {
        return true;
    }

    /** What {@code long double} is. */
    default LongDoubleFormat longDouble() {
        return LongDoubleFormat.QUAD;
    }

    /**
     * The calling conventions that C on this architecture can be told to use, by name; its own may
     * be among them.
     */
    default Map<String, Convention> conventions() {
        return Map.of();
    }

    /** This port's own calling convention, for closures without a gate. */
    default Convention ownConvention() {
        return new Convention() {
            @Override
            public CallSequence classify(FunctionDescriptor function, int fixed) {
                Set<ExtendedType> known = extendedTypes();
                if (known.size() < ExtendedType.ALL.size()) {
                    ExtendedType.requireOnly(known, function, abi());
                }
                return fixed == NO_DOTS
                        ? Port.this.classify(function)
                        : classifyVariadic(function, fixed);
            }

            @Override
            public boolean widensFloats() {
                return Port.this.widensFloats();
            }
        };
    }

    /**
     * Refuses what the JDK's linker accepts, but takes for something else than the calling
     * convention does, so that an upcall stub of it cannot be called.
     *
     * @throws IllegalArgumentException if that is so of {@code function}
     */
    default void requireLinkable(FunctionDescriptor function) {
        LinkerFaults.refuseEmptyAlone(function, this::classify);
    }

    /**
     * Says where one more word goes behind a function's arguments.
     *
     * @param function the function without that word
     */
    default TrailingArgument trailingArgument(FunctionDescriptor function) {
        return lastArgument(function.appendArgumentLayouts(JAVA_INT));
    }

    /**
     * Says where a function's last argument is.
     *
     * @param function a function whose last parameter is an integer or a pointer
     */
    default TrailingArgument lastArgument(FunctionDescriptor function) {
        return lastArgument(classify(function));
    }

    /** Where the last argument of a call is, an integer or a pointer. */
    default TrailingArgument lastArgument(CallSequence call) {
        Storage storage = call.arguments().getLast().getFirst().storage();
        if (storage instanceof Storage.Stack stack) {
            return new TrailingArgument(storage, stack.offset());
        }
        return new TrailingArgument(storage,
                storage instanceof Storage.IntegerRegister && callsFromFrame() ? call.stackSize() : 0);
    }

    /**
     * Whether an entry that puts the word into a register calls its target from a frame of its own,
     * with a copy of the stack arguments, if there are any. Otherwise it jumps, and they stay where
     * they are.
     */
    default boolean callsFromFrame() {
        return false;
    }
}
