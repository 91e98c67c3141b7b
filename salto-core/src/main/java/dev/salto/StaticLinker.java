// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.gate.MethodHandleKinds;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.table.KindSlots;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Upcall stubs that are closures: {@link #upcallStub} does what {@link Linker#upcallStub} does, with the same parameters, checks, lifetimes
 * and results, and no code made for each stub. A code base moves over by changing one receiver, and so does what jextract generates.
 *
 * {@snippet :
 * // before
 * MemorySegment stub = Linker.nativeLinker().upcallStub(target, descriptor, arena);
 * // after
 * MemorySegment stub = StaticLinker.nativeLinker().upcallStub(target, descriptor, arena);
 * }
 *
 * <p>The first calls of each function type take about a microsecond longer than later ones: code for a type of numbers and pointers is made when it has been called
 * 200 times, in the background. {@code -Ddev.salto.gates=early} has it made with the first stub of
 * the type.
 *
 * <p>Where there is a functional interface, a {@link ClosureType} is faster to call: it knows what it calls, and a method handle that is not a
 * constant is called blindly.
 *
 * <p>It may be used by any thread.
 */
public final class StaticLinker {
    private static final StaticLinker NATIVE = new StaticLinker(ExceptionPolicy.endProcess());

    /** How the JDK names the classes of method handles that were bound or combined. */
    private static final String COMBINED = "java.lang.invoke.BoundMethodHandle";

    private final Linker jdk = Linker.nativeLinker();
    private final ExceptionPolicy policy;

    /** Slots for values and handlers, which only this linker has. */
    private final ConcurrentMap<FunctionDescriptor, KindSlots> kinds = new ConcurrentHashMap<>();

    private StaticLinker(ExceptionPolicy policy) {
        this.policy = policy;
    }

    /** The linker for the platform's own calling convention. */
    public static StaticLinker nativeLinker() {
        return NATIVE;
    }

    /**
     * A linker whose stubs do something else than to end the JVM when an exception leaves a method
     * handle.
     *
     * @param exceptionPolicy what happens
     * @return a linker with that policy, whose {@link #upcallStub} refuses functions that the
     *     policy has no result for, with an {@link IllegalArgumentException}
     */
    public StaticLinker onException(ExceptionPolicy exceptionPolicy) {
        return new StaticLinker(Objects.requireNonNull(exceptionPolicy, "exceptionPolicy"));
    }

    /**
     * Gives a method handle a native function pointer. An exception that leaves {@code target} ends
     * the JVM, as one does with the JDK's stubs, unless {@link #onException} says otherwise, or
     * {@link Callbacks#rethrowing} carries it.
     *
     * @param target what native calls reach
     * @param function the function's type
     * @param arena how long the function pointer lives
     * @param options none that the JDK's linker knows are for upcalls, and so any is refused
     * @return a segment of size zero in the scope of {@code arena}
     * @throws IllegalArgumentException if the JDK's linker would refuse {@code function}, {@code
     *     target} or the options: if a layout is not supported, the method handle has another type
     *     or declares exceptions, or there is an option
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     * @throws NullPointerException if any argument is null
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if the JVM was started so that Salto, or the module of the
     *     caller, must not call native code; the message names the option to change that
     */
    public MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option... options) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "StaticLinker.upcallStub");
        }
        if (!isPlain(target, function, arena, options)) {
            letTheJdkCheck(target, function, arena, options);
        }
        return slots(function).bind(target, arena);
    }

    private KindSlots slots(FunctionDescriptor function) {
        return policy.isShared() ? makeOrFind(function) : kinds.computeIfAbsent(function, this::makeOrFind);
    }

    private KindSlots makeOrFind(FunctionDescriptor function) {
        return MethodHandleKinds.slots(Salto.textImageForClosures(), function, policy.handling(function));
    }

    /**
     * Whether there is nothing about the arguments that the JDK could refuse, except for the
     * layouts, which the gate's linkage checks. What the JDK looks for in a method handle is
     * declared exceptions, and it cannot see them in one that was combined.
     */
    private static boolean isPlain(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option[] options) {
        return target != null && function != null && arena != null && options != null && options.length == 0
                && target.getClass().getName().startsWith(COMBINED)
                && target.type().equals(function.toMethodType());
    }

    /**
     * Throws whatever the JDK throws. A stub that it makes is freed again, for the price that a
     * stub costs.
     */
    private void letTheJdkCheck(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option[] options) {
        if (arena == null) {
            throw new NullPointerException("arena");
        }
        try (Arena scratch = Arena.ofConfined()) {
            jdk.upcallStub(target, function, scratch, options);
        }
    }
}
