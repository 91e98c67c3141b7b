// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ClosureSettings;
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
import org.jspecify.annotations.Nullable;

/**
 * Upcall stubs that are closures: {@link #upcallStub} does what {@link Linker#upcallStub} does,
 * with the same parameters, checks, lifetimes and results, and no code made for each stub. A code
 * base moves over by changing one receiver, and so does what jextract generates.
 *
 * {@snippet :
 * // before
 * MemorySegment stub = Linker.nativeLinker().upcallStub(target, descriptor, arena);
 * // after
 * MemorySegment stub = StaticLinker.nativeLinker().upcallStub(target, descriptor, arena);
 * }
 *
 * <p>The first calls of each function type take about a microsecond longer than later ones: code
 * for a type of numbers and pointers is made when it has been called 200 times, in the background.
 * {@code -Ddev.salto.gates=early} has it made with the first stub of the type.
 *
 * <p>Where there is a functional interface, a {@link ClosureType} is faster to call: it knows what
 * it calls, and a method handle that is not a constant is called blindly.
 *
 * <p>It may be used by any thread.
 */
public final class StaticLinker {
    private static final StaticLinker NATIVE = new StaticLinker(ClosureOptions.of());

    /** How the JDK names the classes of method handles that were bound or combined. */
    private static final String COMBINED = "java.lang.invoke.BoundMethodHandle";

    private final Linker jdk = Linker.nativeLinker();
    private final ClosureOptions options;

    /** Slots with something of the user's in their settings, which only this linker has. */
    private final ConcurrentMap<FunctionDescriptor, KindSlots> kinds = new ConcurrentHashMap<>();

    /**
     * The settings for all functions; null if they are not known yet, or have something of the
     * user's.
     */
    private @Nullable ClosureSettings shared;

    private StaticLinker(ClosureOptions options) {
        this.options = options;
    }

    /**
     * The linker for the platform's own calling convention.
     *
     * @param options what its stubs do if something goes wrong, and where static trampolines do not
     *     work. Without {@link ClosureOption#onException}, an exception that leaves a method handle
     *     ends the JVM, as with the JDK's stubs. If a policy has a value, {@link #upcallStub}
     *     refuses functions that it is no result of, with an {@link IllegalArgumentException}
     * @return a linker with these options
     * @throws IllegalArgumentException if there are two options of a kind, or one that only call
     *     interfaces have
     */
    public static StaticLinker nativeLinker(ClosureOption... options) {
        return Objects.requireNonNull(options, "options").length == 0
                ? NATIVE
                : new StaticLinker(ClosureOptions.withoutTier("StaticLinker.nativeLinker", options));
    }

    /**
     * Gives a method handle a native function pointer. An exception that leaves {@code target} ends
     * the JVM, as one does with the JDK's stubs, unless {@link ClosureOption#onException} says
     * otherwise, or {@link Callbacks#callAndRethrow} carries it.
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
        ClosureSettings known = shared;
        if (known != null) {
            return makeOrFind(function, known);
        }
        KindSlots own = kinds.get(function);
        return own != null ? own : firstSlots(function);
    }

    private KindSlots firstSlots(FunctionDescriptor function) {
        ClosureSettings settings = options.settings(function, ClosureSettings.ENDING_PROCESS);
        if (settings.isShared()) {
            shared = settings;
            return makeOrFind(function, settings);
        }
        return kinds.computeIfAbsent(function, key -> makeOrFind(key, settings));
    }

    private KindSlots makeOrFind(FunctionDescriptor function, ClosureSettings settings) {
        return MethodHandleKinds.slots(Salto.textImageForClosures(options.fallback()), function, settings);
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
