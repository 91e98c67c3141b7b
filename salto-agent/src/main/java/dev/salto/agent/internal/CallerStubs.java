// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.function.Function;

/** Makes the stubs of rewritten call sites, or has the JDK make them. */
final class CallerStubs implements Function<Object[], Object> {
    /** Of the caller's class, the linker and the parameters. */
    private static final int LENGTH = 6;

    private final FirstStub stubs;

    CallerStubs(FirstStub stubs) {
        this.stubs = stubs;
    }

    @Override
    public Object apply(Object[] call) {
        Object stub = stubs.apply(fromCallSite(call));
        // Salto does not work here.
        return stub != null ? stub : ofJdk(call);
    }

    /** Marks a call whose caller the JDK has not checked, and whose result must not be null. */
    private static Object[] fromCallSite(Object[] call) {
        Object[] marked = Arrays.copyOf(call, call.length + 1);
        marked[call.length] = true;
        return marked;
    }

    /** Whether a call is marked. */
    static boolean isFromCallSite(Object[] call) {
        return call.length > LENGTH;
    }

    /** Has the JDK make a stub, with the native access of this class. */
    static Object ofJdk(Object[] call) {
        return ((Linker) call[1]).upcallStub((MethodHandle) call[2], (FunctionDescriptor) call[3], (Arena) call[4],
                (Linker.Option[]) call[5]);
    }
}
