// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.gate.DeclaredExceptions;
import dev.salto.internal.gate.DescriptorCache;
import dev.salto.internal.gate.MethodHandleKinds;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.table.KindSlots;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes upcall stubs that are closures. {@link #upcallStub} has the same parameters, checks,
 * lifetimes and results as {@link Linker#upcallStub}, but makes no code for each stub. To use it in
 * a code base, or in code of jextract, change one receiver.
 *
 * {@snippet :
 * // instead of Linker.nativeLinker().upcallStub(target, descriptor, arena)
 * MemorySegment stub = StaticLinker.nativeLinker().upcallStub(target, descriptor, arena);
 * }
 *
 * <p>The first 200 calls of a function type with numbers and pointers take about a microsecond
 * longer than later ones. After them, a thread makes code for the type in the background. With
 * {@code -Ddev.salto.gates=early}, the first stub of the type makes it.
 *
 * <p>If there is a functional interface, a {@link ClosureType} is faster to call, because the JIT
 * compiler knows the interface's method. It does not know a method handle that is not a constant.
 *
 * <p>A descriptor that is a constant, as in generated bindings, is found by its identity. A stub
 * then takes about 100 ns. Equal descriptors that are made for each stub take several times as
 * long.
 *
 * <p>All methods may be called from any thread.
 */
public final class StaticLinker {
    private static final StaticLinker NATIVE = new StaticLinker(ClosureOptions.of());

    private final Linker jdk = Linker.nativeLinker();
    private final ClosureOptions options;

    /** Slots whose settings have an object of the user, for this linker only. */
    private final ConcurrentMap<FunctionDescriptor, KindSlots> kinds = new ConcurrentHashMap<>();

    /** Descriptors that were used before. */
    private final DescriptorCache known = new DescriptorCache();

    /**
     * The settings for all functions; null if they are not known yet, or have an object of the
     * user.
     */
    private @Nullable ClosureSettings shared;

    private StaticLinker(ClosureOptions options) {
        this.options = options;
    }

    /**
     * Returns the linker for the platform's calling convention.
     *
     * @param options the handling of failures, and the fallback. Without
     *     {@link ClosureOption#onException}, an exception that leaves a method handle ends the JVM,
     *     as with the JDK's stubs. If a policy has a value that is no result of a function,
     *     {@link #upcallStub} throws an {@link IllegalArgumentException}
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
     * @param target the method handle that native calls reach
     * @param function the function's type
     * @param arena the lifetime of the function pointer
     * @param options must be empty: the JDK's linker has no options for upcalls
     * @return a segment of size zero in the scope of {@code arena}
     * @throws IllegalArgumentException if the JDK's linker would refuse the arguments. A layout is
     *     not supported, the method handle has another type or declares exceptions, or there is an
     *     option
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     * @throws NullPointerException if any argument is null
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto, or the module of the caller, has no native access;
     *     the message names the option that grants it
     */
    public MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option... options) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "StaticLinker.upcallStub");
        }
        return make(target, function, arena, options);
    }

    /** Makes a stub for a caller that was checked. */
    private MemorySegment make(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option... options) {
        DescriptorCache.Entry entry = function == null ? null : known.find(function);
        if (entry != null && isPlain(target, entry.type(), arena, options)) {
            return entry.slots().bind(target, arena);
        }
        if (function == null || !isPlain(target, function.toMethodType(), arena, options)) {
            letTheJdkCheck(target, function, arena, options);
        }
        KindSlots slots = slots(function);
        MemorySegment stub = slots.bind(target, arena);
        if (entry == null) {
            known.add(function, slots);
        }
        return stub;
    }

    /**
     * Makes an upcall stub, as {@code linker.upcallStub(...)} does. Rewritten call sites call this
     * method. The JDK makes the stub if there are options, if {@code linker} is not the native
     * linker, or if static trampolines do not work here.
     *
     * @param linker the linker
     * @param target the method handle that native calls reach
     * @param function the function's type
     * @param arena the lifetime of the function pointer
     * @param options the options of the linker
     * @return a segment of size zero in the scope of {@code arena}
     * @throws IllegalArgumentException if the JDK's linker would refuse the arguments
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     * @throws NullPointerException if any argument is null
     * @throws IllegalCallerException if Salto, or the module of the caller, has no native access;
     *     the message names the option that grants it
     */
    public static MemorySegment upcallStub(Linker linker, MethodHandle target, FunctionDescriptor function,
            Arena arena, Linker.Option... options) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "StaticLinker.upcallStub");
        }
        if (linker.equals(NATIVE.jdk) && options.length == 0) {
            try {
                return NATIVE.make(target, function, arena, options);
            } catch (TrampolinesUnsupportedException e) {
                return linker.upcallStub(target, function, arena, options);
            }
        }
        return linker.upcallStub(target, function, arena, options);
    }

    private KindSlots slots(FunctionDescriptor function) {
        ClosureSettings settings = shared;
        if (settings != null) {
            return makeOrFind(function, settings);
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
     * Whether the JDK cannot refuse the arguments, except for the layouts, which the gate's linkage
     * checks.
     */
    private static boolean isPlain(MethodHandle target, MethodType type, Arena arena, Linker.Option[] options) {
        return target != null && arena != null && options != null && options.length == 0
                && target.type().equals(type) && DeclaredExceptions.areMissing(target);
    }

    /**
     * Throws the JDK's exceptions. If the JDK makes a stub, it is freed again, which costs the time
     * of a stub.
     */
    private void letTheJdkCheck(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option[] options) {
        if (arena == null) {
            throw new NullPointerException("arena");
        }
        try (Arena scratch = Arena.ofConfined()) {
            jdk.upcallStub(target, function, scratch, options);
        }
        DeclaredExceptions.noteMissing(target);
    }
}
