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
 * A kind of native callback: what it is in C, a function descriptor, and what it is in Java, a
 * functional interface. Make it once, and bind as many objects as you like: the first type of a
 * signature costs milliseconds, each closure tens of nanoseconds and one byte of native memory, or
 * 40 bytes for each of the first 64.
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
 * <p>A layout is received as the type that {@link FunctionDescriptor#toMethodType} gives it; the
 * interface's method has to declare that type, or a supertype of it. A struct or union comes as a
 * segment that is valid during the call, and is returned as any segment of its size.
 *
 * <p>When an exception leaves a callback, native code gets zero, and the exception is reported, as
 * {@link ExceptionPolicy#returnZero} says. {@link ClosureOption#onException} and {@link
 * Callbacks#callAndRethrow} change that. A callback that returns a segment that cannot be returned
 * has thrown an exception: null, one on the heap as a pointer, or one that is too small for a struct.
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
     * The closure type of a functional interface. Types of the same interface and descriptor share
     * their gate. They share their function pointers, too, if their options are equal and have no
     * handler and no value of the user's.
     *
     * @param <T> the interface, with its type arguments if it has any
     * @param functionalInterface an interface with a single abstract method: any interface of the
     *     class path, public or not, any in a package that its module {@linkplain
     *     Module#isOpen(String, Module) opens} to Salto's, and any public one in a package that its
     *     module exports. For any other use {@link #of(MethodHandles.Lookup, Class,
     *     FunctionDescriptor, ClosureOption...)}
     * @param descriptor the C function's type
     * @param options what closures of the type do if something goes wrong, and what they are where
     *     static trampolines do not work
     * @return the closure type
     * @throws IllegalArgumentException if the interface is not functional or not accessible, or
     *     does not fit the descriptor, or the linker does not support the descriptor; the message
     *     names both sides, and the remedy; or if there are two options of a kind, or one that does
     *     not fit
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native
     *     code; the message names the option to change that
     */
    public static <T> ClosureType<T> of(Class<? super T> functionalInterface, FunctionDescriptor descriptor,
            ClosureOption... options) {
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        return make(InterfaceLookup.of(functionalInterface), functionalInterface, descriptor, options);
    }

    /**
     * The closure type of any functional interface that the caller can use.
     *
     * @param <T> the interface, with its type arguments if it has any
     * @param lookup {@link MethodHandles#lookup()}, called in a class that can use the interface
     * @param functionalInterface an interface with a single abstract method
     * @param descriptor the C function's type
     * @param options what closures of the type do if something goes wrong, and what they are where
     *     static trampolines do not work
     * @return the closure type
     * @throws IllegalArgumentException if the interface is not functional or not accessible to
     *     {@code lookup}, or {@code lookup} lacks {@linkplain
     *     MethodHandles.Lookup#hasFullPrivilegeAccess full privilege access}, or the interface does
     *     not fit the descriptor, or the linker does not support the descriptor; the message names
     *     both sides, and the remedy; or if there are two options of a kind, or one that does not
     *     fit
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native
     *     code; the message names the option to change that
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
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native
     *     code; the message names the option to change that
     */
    public static <T> ClosureType<T> of(Class<T> functionalInterface, ClosureOption... options) {
        Objects.requireNonNull(functionalInterface, "functionalInterface");
        return of(functionalInterface, DerivedFunction.of(functionalInterface), options);
    }

    /**
     * The closure type of any functional interface that the caller can use and whose method tells
     * its type in C.
     *
     * <p>Each primitive type is the C type of the same size: {@code boolean} is {@code bool}, {@code
     * byte} {@code int8_t}, {@code short} {@code int16_t}, {@code char} {@code uint16_t}, {@code int}
     * {@code int32_t}, {@code long} {@code int64_t}. In particular, {@code long} is not C's {@code
     * long} on processors of 32 bits. {@code MemorySegment} is a pointer of unknown size, never a
     * struct: for a struct, and for a pointer with a target layout, pass a descriptor.
     *
     * @param <T> the interface
     * @param lookup {@link MethodHandles#lookup()}, called in a class that can use the interface
     * @param functionalInterface an interface with a single abstract method, with no other types
     *     than primitive ones and {@code MemorySegment}
     * @param options as in {@link #of(MethodHandles.Lookup, Class, FunctionDescriptor,
     *     ClosureOption...)}
     * @return the closure type, the same as with the descriptor
     * @throws IllegalArgumentException if the interface is not functional or not accessible to
     *     {@code lookup}, or {@code lookup} lacks {@linkplain
     *     MethodHandles.Lookup#hasFullPrivilegeAccess full privilege access}, or the interface has
     *     other types, such as type variables; the message names them
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native
     *     code; the message names the option to change that
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
                Gate.of(Salto.textImageForClosures(chosen.fallback()), lookup, functionalInterface, descriptor)
                        .slots(settings));
    }

    /**
     * Binds an object to a new native function pointer.
     *
     * @param target what native calls reach; it stays reachable as long as the closure is open
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
     * Binds an object to a new native function pointer, and gives the object its closure: for a
     * callback that closes itself, or binds its function pointer to the next object.
     *
     * {@snippet :
     * Closure<Runnable> once = TYPE.bindSelf(self -> () -> {
     *     self.close();
     *     answer();
     * });
     * }
     *
     * @param maker makes what native calls reach; called once, by the current thread, before the
     *     closure has a function pointer. It is given the closure, which is closed until this method
     *     returns. If it throws, nothing is bound
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
     * @param target what native calls reach; it stays reachable as long as the arena is open
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
     * Gives an object a native function pointer with a label that lives as long as an arena, as
     * {@link #bind(Object, Arena)} and {@link Closure#labelled} do.
     *
     * @param target what native calls reach; it stays reachable as long as the arena is open
     * @param arena closes the closure when it is closed itself
     * @param label says what the closure is for
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
     * Gives an object a native function pointer without a {@link Closure} for it, for those who
     * bind so many that the 24 bytes of that object count, or who keep the pointer anyway. It lives
     * until {@link #closeAddress}.
     *
     * @param target what native calls reach; it stays reachable as long as the function pointer is
     *     open
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
     * @param address what {@link #bindAddress} of a type of the same interface and descriptor
     *     returned
     * @param target what native calls reach from now on
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
     * open, and that nobody else closes it: after that, the address may be reused.
     *
     * @param address what {@link #bindAddress} of a type of the same interface and descriptor
     *     returned
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
     * {@return what this type's closures are: {@link Mechanism#TRAMPOLINES}, or {@link
     * Mechanism#UPCALL_STUBS} if the fallback allowed that when the type was made}
     */
    public Mechanism mechanism() {
        return slots.areStatic() ? Mechanism.TRAMPOLINES : Mechanism.UPCALL_STUBS;
    }

    /**
     * Seals all closures of this type that are open now: nobody can bind them to another object. A
     * sealed closure can be closed. Calls through it then return zero, for as long as the process
     * lives: its function pointer is not used again.
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
     * The closures of this type that are open now, as {@link Salto#openClosures}. Types of the same
     * interface, descriptor and shared exception policy share their closures.
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
