// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The target of a callback that remembers what it was called with, and returns what it was told to.
 */
final class Recorder {
    private static final List<Object> NOTHING = List.of("was not called");

    private final FunctionDescriptor function;
    private final @Nullable Object result;
    private List<Object> seen = NOTHING;

    /**
     * Makes a target.
     *
     * @param function the callback's type
     * @param result what the callback returns; null for {@code void}
     */
    Recorder(FunctionDescriptor function, @Nullable Object result) {
        this.function = function;
        this.result = result;
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    @Nullable
    private Object record(Object... arguments) {
        seen = Values.bits(function.argumentLayouts(), arguments);
        return result;
    }

    /** The bits of the arguments of the last call, once. */
    List<Object> takeSeen() {
        List<Object> taken = seen;
        seen = NOTHING;
        return taken;
    }

    /** The target itself. */
    MethodHandle handle() {
        try {
            return MethodHandles.lookup().bind(this, "record", MethodType.methodType(Object.class, Object[].class))
                    .asCollector(Object[].class, function.argumentLayouts().size())
                    .asType(function.toMethodType());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }
}
