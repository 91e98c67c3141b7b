// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.gate.DerivedFunction;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.gate.InterfaceLookup;
import dev.salto.internal.table.KindSlots;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A type of native callback: a function descriptor for C, and a functional interface for Java.
 * Make it once, and bind as many objects as you like. The first type of a signature costs
 * milliseconds. Each closure costs tens of nanoseconds and one byte of native memory, or 40 bytes
 * for each of the first 64.
 *
 * {@snippet :
 * static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
 *         FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
 *
 * try (Closure<IntBinaryOperator> sum = BINARY.bind((a, b) -> a + b)) {
 *     MemorySegment functionPointer = sum.address();
 *     // hand it to native code
 * }
 * }
 *
 * <p>Each layout has the Java type that {@link FunctionDescriptor#toMethodType} gives it. The
 * interface's method has to declare that type, or a supertype of it. A struct or union argument is
 * a segment that is valid during the call. Any segment of its size can be returned.
 *
 * <p>When an exception leaves a callback, native code gets zero, and the exception is reported, as
 * {@link ExceptionPolicy#returnZero} says. {@link ClosureOption#onException} and
 * {@link Callbacks#callAndRethrow} change that. A callback that returns null, a heap segment as a
 * pointer, or too small a segment for a struct, counts as one that throws.
 *
 * <p><b>Threads.</b> Closure types may be shared between threads, and closures may be bound by and
 * called from any thread.
 *
 * @param <T> the functional interface
 */
public final class ClosureType<T> {
    private final Class<? super T> functionalInterface;
    private final FunctionDescriptor descriptor;
    private final KindSlots slots;

    ClosureType(Class<? super T> functionalInterface, FunctionDescriptor descriptor, KindSlots slots) {
        this.functionalInterface = functionalInterface;
        this.descriptor = descriptor;
        this.slots = slots;
    }

    /**
     * Returns the closure type of a functional interface. Types of the same interface and
     * descriptor share their gate. They share their function pointers, too, if their options are
     * equal and have no handler and no value of the user.
     *
     * @param <T> the interface, with its type arguments if it has any
     * @param functionalInterface an interface with a single abstract method. It is on the class
     *     path, in a package that its module {@linkplain Module#isOpen(String, Module) opens} to
     *     Salto's, or public in a package that its module exports. For any other use {@link
     *     #of(MethodHandles.Lookup, Class, FunctionDescriptor, ClosureOption...)}
     * @param descriptor the C function's type
     * @param options the handling of failures, and the fallback if static trampolines do not work
     * @return the closure type
     * @throws IllegalArgumentException if the interface is not functional, is not accessible, or
     *     does not fit the descriptor. Also if the linker does not support the descriptor, two
     *     options are of one kind, or an option does not fit. The message names both sides, and the
     *     remedy
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static <T> ClosureType<T> of(Class<? super T> functionalInterface, FunctionDescriptor descriptor,
            ClosureOption... options) {
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        return make(InterfaceLookup.of(functionalInterface), functionalInterface, descriptor, options);
    }

    /**
     * Returns the closure type of any functional interface that the caller can use.
     *
     * @param <T> the interface, with its type arguments if it has any
     * @param lookup {@link MethodHandles#lookup()}, called in a class that can use the interface
     * @param functionalInterface an interface with a single abstract method
     * @param descriptor the C function's type
     * @param options the handling of failures, and the fallback if static trampolines do not work
     * @return the closure type
     * @throws IllegalArgumentException if the interface is not functional, is not accessible to
     *     {@code lookup}, or does not fit the descriptor. Also if {@code lookup} lacks {@linkplain
     *     MethodHandles.Lookup#hasFullPrivilegeAccess full privilege access}, the linker refuses
     *     the descriptor, two options are of one kind, or an option does not fit. The message
     *     names both sides, and the remedy
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static <T> ClosureType<T> of(MethodHandles.Lookup lookup, Class<? super T> functionalInterface,
            FunctionDescriptor descriptor, ClosureOption... options) {
        Objects.requireNonNull(lookup, "lookup");
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        try {
            lookup.accessClass(functionalInterface);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s is not accessible to %s; pass MethodHandles.lookup() from a class that can use it"
                            .formatted(functionalInterface.getName(), lookup),
                    e);
        }
        if (!lookup.hasFullPrivilegeAccess()) {
            throw new IllegalArgumentException(lookup + " cannot define classes; pass MethodHandles.lookup() as it is");
        }
        return make(lookup, functionalInterface, descriptor, options);
    }

    /**
     * The closure type of a functional interface whose method tells its type in C, as {@link
     * #of(MethodHandles.Lookup, Class, ClosureOption...)} derives it.
     *
     * @param <T> the interface
     * @param functionalInterface as in {@link #of(Class, FunctionDescriptor, ClosureOption...)}
     * @param options as there
     * @return the closure type, the same as with the descriptor
     * @throws IllegalArgumentException if the interface is not functional or not accessible, or has
     *     other types than primitive ones and {@code MemorySegment}; the message names them
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static <T> ClosureType<T> of(Class<T> functionalInterface, ClosureOption... options) {
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        return of(functionalInterface, DerivedFunction.of(functionalInterface), options);
    }

    /**
     * Returns the closure type of any functional interface that the caller can use, with a C type
     * that follows from its method.
     *
     * <p>Each primitive type is the C type of the same size: {@code boolean} is {@code bool},
     * {@code byte} {@code int8_t}, {@code short} {@code int16_t}, {@code char} {@code uint16_t},
     * {@code int} {@code int32_t}, {@code long} {@code int64_t}. In particular, {@code long} is not
     * C's {@code long} on processors of 32 bits.
     *
     * <p>{@code MemorySegment} is a pointer of unknown size, never a struct. For a struct, and for
     * a pointer with a target layout, pass a descriptor.
     *
     * @param <T> the interface
     * @param lookup {@link MethodHandles#lookup()}, called in a class that can use the interface
     * @param functionalInterface an interface with a single abstract method, with no other types
     *     than primitive ones and {@code MemorySegment}
     * @param options as in {@link #of(MethodHandles.Lookup, Class, FunctionDescriptor,
     *     ClosureOption...)}
     * @return the closure type, the same as with the descriptor
     * @throws IllegalArgumentException if the interface is not functional, is not accessible to
     *     {@code lookup}, or has other types, such as type variables; the message names them. Also
     *     if {@code lookup} lacks {@linkplain MethodHandles.Lookup#hasFullPrivilegeAccess full
     *     privilege access}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static <T> ClosureType<T> of(MethodHandles.Lookup lookup, Class<T> functionalInterface,
            ClosureOption... options) {
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        return of(lookup, functionalInterface, DerivedFunction.of(functionalInterface), options);
    }

    private static <T> ClosureType<T> make(MethodHandles.Lookup lookup, Class<? super T> functionalInterface,
            FunctionDescriptor descriptor, ClosureOption... options) {
        Objects.requireNonNull(descriptor, "descriptor");
        ClassesAhead.load();
        ClosureOptions chosen = ClosureOptions.withoutTier("ClosureType.of", options);
        ClosureSettings settings = chosen.settings(descriptor, ClosureSettings.DEFAULT);
        return new ClosureType<>(functionalInterface, descriptor,
                Gate.of(Salto.textImageForClosures(chosen.fallback()), lookup, functionalInterface, descriptor,
                        settings.seesThreads()).slots(settings));
    }

    /**
     * Binds an object to a new native function pointer.
     *
     * @param target the object that native calls reach; it stays reachable as long as the closure
     *     is open
     * @return a new closure, to be closed
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<T> bind(T target) {
        return Closure.bind(this, target);
    }

    /**
     * Binds an object that knows its closure to a new function pointer. Such a callback can close
     * itself, or bind its function pointer to the next object.
     *
     * {@snippet :
     * Closure<Runnable> once = TYPE.bindSelf(self -> () -> {
     *     self.close();
     *     answer();
     * });
     * }
     *
     * @param maker makes the object that native calls reach. It is called once, by the current
     *     thread, before the closure has a function pointer. It gets the closure, which is closed
     *     until this method returns. If it throws, nothing is bound
     * @return the closure that {@code maker} was given, now bound, to be closed
     * @throws ClassCastException if unchecked code makes an object that does not implement the
     *     interface
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<T> bindSelf(Function<? super Closure<T>, ? extends T> maker) {
        return Closure.bindSelf(this, maker);
    }

    /**
     * Binds an object to a native function pointer that lives as long as an arena. The JDK checks
     * that the returned segment is not used after the arena is closed.
     *
     * @param target the object that native calls reach; it stays reachable as long as the arena is
     *     open
     * @param arena closes the closure when it is closed itself
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(T target, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        return slots.bind(target, arena);
    }

    /**
     * Binds an object to a new function pointer with a label that lives as long as an arena, as
     * {@link #bind(Object, Arena)} and {@link Closure#labelled} do.
     *
     * @param target the object that native calls reach; it stays reachable as long as the arena is
     *     open
     * @param arena closes the closure when it is closed itself
     * @param label names the purpose of the closure
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(T target, Arena arena, String label) {
        Objects.requireNonNull(arena, "arena");
        return slots.bind(target, arena, Objects.requireNonNull(label, "label"));
    }

    /**
     * Binds an object to a new function pointer, and makes no {@link Closure}, which would take 24
     * bytes. The function pointer lives until {@link #closeAddress}.
     *
     * @param target the object that native calls reach; it stays reachable as long as the function
     *     pointer is open
     * @return the function pointer: a multiple of 4, and never 0
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public long bindAddress(T target) {
        return slots.bindAddress(target);
    }

    /**
     * Binds a function pointer to another object, as {@link Closure#rebind} does. The caller must
     * ensure that it is open: after {@link #closeAddress}, the address may be reused.
     *
     * @param address a result of {@link #bindAddress}, of a type with the same interface and
     *     descriptor
     * @param target the object that later native calls reach
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalArgumentException if this type has no function pointer of that address, or a
     *     {@link Closure} or an arena closes it
     * @throws IllegalStateException if it is closed, and not in use again, or its type was
     *     {@linkplain #seal sealed} while it was open
     */
    public void rebindAddress(long address, T target) {
        if (!slots.rebindAddress(address, target)) {
            throw addressIsClosed(address);
        }
    }

    /**
     * Frees a function pointer, as {@link Closure#close} does. The caller must ensure that it is
     * open, and that nobody else closes it. After this method, the address may be reused.
     *
     * @param address a result of {@link #bindAddress}, of a type with the same interface and
     *     descriptor
     * @throws IllegalArgumentException if this type has no function pointer of that address, or a
     *     {@link Closure} or an arena closes it
     * @throws IllegalStateException if it is closed, and not in use again
     */
    public void closeAddress(long address) {
        if (!slots.closeAddress(address)) {
            throw addressIsClosed(address);
        }
    }

    private IllegalStateException addressIsClosed(long address) {
        return new IllegalStateException(
                "the function pointer 0x%s is closed: %s".formatted(Long.toHexString(address), this));
    }

    /**
     * {@return the mechanism of this type's closures: {@link Mechanism#TRAMPOLINES}, or
     * {@link Mechanism#UPCALL_STUBS} if the fallback allowed that when the type was made}
     */
    public Mechanism mechanism() {
        return slots.areStatic() ? Mechanism.TRAMPOLINES : Mechanism.UPCALL_STUBS;
    }

    /**
     * Seals all closures of this type that are open now: nobody can bind them to another object. A
     * sealed closure can be closed. Calls then return zero until the process ends, because its
     * function pointer is not used again.
     *
     * <p>Types of the same interface, descriptor and built-in policies share their closures,
     * and so are sealed together.
     *
     * @throws IllegalStateException if this type's closures are {@linkplain Mechanism#UPCALL_STUBS
     *     upcall stubs}
     */
    public void seal() {
        slots.seal();
    }

    /**
     * Returns the open closures of this type, as {@link Salto#openClosures} does. Types of the
     * same interface, descriptor and shared exception policy share their closures.
     *
     * @return groups of them, the largest first; an unmodifiable list
     */
    public List<OpenClosures> openClosures() {
        return OpenClosures.list(slots.kind());
    }

    /**
     * Requires that all closures of this type are closed: a check for the end of a test.
     *
     * @throws IllegalStateException if some are open; the message lists them
     */
    public void requireNoneOpen() {
        OpenClosures.requireNone(openClosures());
    }

    /** {@return the C function's type} */
    public FunctionDescriptor descriptor() {
        return descriptor;
    }

    /**
     * {@return the interface of the objects that closures of this type are bound to: {@link
     * CallHandler} or {@link ArgumentHandler} for the closures of a {@link CallInterface}}
     */
    public Class<? super T> functionalInterface() {
        return functionalInterface;
    }

    KindSlots slots() {
        return slots;
    }

    @Override
    public String toString() {
        return "ClosureType[%s, %s]".formatted(functionalInterface.getName(), descriptor);
    }
}
