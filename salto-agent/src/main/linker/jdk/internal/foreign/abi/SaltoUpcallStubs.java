// SPDX-License-Identifier: Apache-2.0

package jdk.internal.foreign.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;
import java.util.function.Function;
import jdk.internal.access.SharedSecrets;

/**
 * The class that the agent defines beside the JDK's linker. The changed linker asks it for stubs.
 * Its object gives native access to the module with Salto.
 *
 * <p>The initialisation takes the function from the system properties and leaves the object there,
 * because reflection takes milliseconds at the start of a JVM.
 */
final class SaltoUpcallStubs implements Consumer<Module> {
    private static final Function<Object[], Object> FUNCTION = takeFunction();

    private SaltoUpcallStubs() {}

    @SuppressWarnings("unchecked") // the agent's
    private static Function<Object[], Object> takeFunction() {
        return (Function<Object[], Object>) System.getProperties().put("dev.salto.agent.stubs", new SaltoUpcallStubs());
    }

    /** Returns a stub; null if the JDK is to make it, or to refuse it. */
    static MemorySegment upcallStub(Class<?> caller, Linker linker, MethodHandle target, FunctionDescriptor function,
            Arena arena, Linker.Option[] options) {
        return (MemorySegment) FUNCTION.apply(new Object[]{caller, linker, target, function, arena, options});
    }

    @Override
    public void accept(Module module) {
        SharedSecrets.getJavaLangAccess().addEnableNativeAccess(module.getLayer(), module.getName());
    }
}
