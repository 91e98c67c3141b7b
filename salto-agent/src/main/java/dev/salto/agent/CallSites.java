// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The target of call sites that the agent rewrites, where it cannot change the JDK's linker. */
public final class CallSites {
    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private static @Nullable Function<Object[], Object> function;

    private CallSites() {}

    /**
     * Sets what makes the stubs. The agent calls it once, before it rewrites the first call site.
     *
     * @param maker gets the caller's class and the parameters of {@link #upcallStub}
     */
    static void setFunction(Function<Object[], Object> maker) {
        function = maker;
    }

    /**
     * Makes an upcall stub, as {@link Linker#upcallStub} does for the same caller.
     *
     * @param linker the linker that the caller has
     * @param target the method handle that native calls reach
     * @param descriptor the function's type
     * @param arena the lifetime of the stub
     * @param options the options of the linker
     * @return the stub
     */
    public static MemorySegment upcallStub(Linker linker, MethodHandle target, FunctionDescriptor descriptor,
            Arena arena, Linker.Option[] options) {
        return (MemorySegment) Objects.requireNonNull(function)
                .apply(new Object[]{CALLERS.getCallerClass(), linker, target, descriptor, arena, options});
    }
}
