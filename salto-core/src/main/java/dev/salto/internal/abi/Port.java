// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.util.Map;
import java.util.Set;

/**
 * The calling convention of one architecture. A port has no state.
 *
 * <p>Besides the methods here, a port has the {@code .S} file of the same name.
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
     * Finds the places of a function's arguments and result.
     *
     * @param function a function that the JDK's linker accepts
     */
    CallSequence classify(FunctionDescriptor function);

    /**
     * Finds the places of a variadic function's arguments and result.
     *
     * @param fixed the number of declared arguments
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

    /** Whether {@code char} is {@code signed char} to compilers. */
    default boolean hasSignedChar() {
        return false;
    }

    /** Whether an {@code unsigned int} is widened by its highest bit, and not with zeros. */
    default boolean extendsUnsignedIntsBySign() {
        return false;
    }

    /**
     * Whether the JDK has a linker of its own for this architecture. If it uses libffi, a closure
     * is no faster with a gate, and narrow results are not always widened as C expects.
     */
    default boolean hasLinker() {
        return true;
    }

    /**
     * Whether a processor may load the words behind a function pointer before it loads the function
     * pointer. Then all threads have to execute a barrier before a function pointer is handed out.
     */
    default boolean needsBarrier() {
        return true;
    }

    /** The format of {@code long double}. */
    default LongDoubleFormat longDouble() {
        return LongDoubleFormat.QUAD;
    }

    /**
     * The calling conventions that C compilers on this architecture support, by name. Their default
     * may be among them.
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

            @Override
            public boolean extendsUnsignedIntsBySign() {
                return Port.this.extendsUnsignedIntsBySign();
            }
        };
    }

    /**
     * Refuses a function that the JDK's linker accepts, but passes in another way than the calling
     * convention.
     *
     * @throws IllegalArgumentException if it does so with {@code function}
     */
    default void requireLinkable(FunctionDescriptor function) {
        LinkerFaults.refuseEmptyAlone(function, this);
    }

    /**
     * Finds the place of one more word behind a function's arguments.
     *
     * @param function the function without that word
     */
    default TrailingArgument trailingArgument(FunctionDescriptor function) {
        return lastArgument(function.appendArgumentLayouts(JAVA_INT));
    }

    /**
     * Finds the place of a function's last argument.
     *
     * @param function a function whose last parameter is an integer or a pointer
     */
    default TrailingArgument lastArgument(FunctionDescriptor function) {
        return lastArgument(classify(function));
    }

    /** The place of the last argument of a call, an integer or a pointer. */
    default TrailingArgument lastArgument(CallSequence call) {
        Storage storage = call.arguments().getLast().getFirst().storage();
        if (storage instanceof Storage.Stack stack) {
            return new TrailingArgument(storage, stack.offset());
        }
        return new TrailingArgument(storage,
                storage instanceof Storage.IntegerRegister && callsFromFrame() ? call.stackSize() : 0);
    }

    /**
     * Whether entries that put the word into a register call their target from a frame of their
     * own, with a copy of the stack arguments. Otherwise they jump.
     */
    default boolean callsFromFrame() {
        return false;
    }
}
