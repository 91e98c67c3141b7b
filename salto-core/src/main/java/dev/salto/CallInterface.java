// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.gate.ExceptionHandling;
import dev.salto.internal.gate.Gate;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A function type that is known only when the program runs, and closures of that type: what an interpreter needs, which has no functional
 * interface for each type that a script declares. What libffi calls a call interface, with its closures.
 *
 * {@snippet :
 * CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_DOUBLE, JAVA_INT, JAVA_DOUBLE));
 * try (Closure<CallHandler> closure = type.bind((_, arguments) -> (int) arguments[0] * (double) arguments[1])) {
 *     MemorySegment functionPointer = closure.address();
 * }
 * }
 *
 * <p>Arguments and results are boxed. Where the type is known when the program is compiled, {@link ClosureType} is faster.
 *
 * <p>Call interfaces are immutable, may be shared between threads, and are equal when they are the same: {@link #prepare} has one for each descriptor.
 */
public final class CallInterface {
    private static final ConcurrentMap<FunctionDescriptor, CallInterface> PREPARED = new ConcurrentHashMap<>();
    private static final MethodHandle CALL = findCall();

    private final FunctionDescriptor function;
    private final MethodType types;
    private final ClosureType<CallHandler> closures;

    private CallInterface(FunctionDescriptor function) {
        this.function = function;
        this.types = function.toMethodType();
        MethodHandle invoker = MethodHandles.insertArguments(CALL, 1, this)
                .asCollector(Object[].class, types.parameterCount())
                .asType(types.insertParameterTypes(0, Object.class));
        this.closures = new ClosureType<>(CallHandler.class, function, ExceptionHandling.ZERO,
                exceptions -> Gate.ofInvoker(Salto.textImageForClosures(), CallHandler.class, function, invoker,
                        exceptions));
    }

    private CallInterface(CallInterface other, ExceptionPolicy policy) {
        this.function = other.function;
        this.types = other.types;
        this.closures = other.closures.onException(policy);
    }

    /**
     * The call interface of a function type. The first time for a type costs milliseconds.
     *
     * @param function the function's type, any that the JDK's linker supports
     * @return the call interface, always the same for equal descriptors
     * @throws IllegalArgumentException if the JDK's linker does not support {@code function}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message says why
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native code; the message names the option to
     *     change that
     */
    public static CallInterface prepare(FunctionDescriptor function) {
        return PREPARED.computeIfAbsent(Objects.requireNonNull(function, "function"), CallInterface::new);
    }

    /** The function's type in C. */
    public FunctionDescriptor function() {
        return function;
    }

    /** The function's type in Java: the types of which arguments come and a result has to be, before they are boxed. */
    public MethodType types() {
        return types;
    }

    /**
     * The same type, except for what happens when an exception leaves a handler, as {@link ClosureType#onException}.
     *
     * @param policy what happens
     * @return a call interface of its own, which {@link #prepare} does not know. Its handlers are given the one without the policy
     * @throws IllegalArgumentException if the policy has a value that is no result of the function; the message names both
     * @throws TrampolinesUnsupportedException if static trampolines do not work here any more; the message says why
     */
    public CallInterface onException(ExceptionPolicy policy) {
        return new CallInterface(this, policy);
    }

    /**
     * Gives a handler a native function pointer.
     *
     * @param handler what native calls reach; it stays reachable as long as the closure is open
     * @return a new closure, to be closed
     * @throws IllegalStateException if the system has no memory or no mapping left; the message holds its reason
     */
    public Closure<CallHandler> bind(CallHandler handler) {
        return closures.bind(handler);
    }

    /**
     * Gives a handler a native function pointer that lives as long as an arena.
     *
     * @param handler what native calls reach; it stays reachable as long as the arena is open
     * @param arena closes the closure when it is closed itself
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(CallHandler handler, Arena arena) {
        return closures.bind(handler, arena);
    }

    /** What closures of this type are. */
    public Mechanism mechanism() {
        return closures.mechanism();
    }

    /**
     * Makes the function pointers of all closures of this type that exist now unchangeable for good, as {@link ClosureType#seal} does.
     *
     * @throws IllegalStateException if the system refuses, or the closures are {@linkplain Mechanism#DYNAMIC not static}
     */
    public void seal() {
        closures.seal();
    }

    private static MethodHandle findCall() {
        try {
            return MethodHandles.lookup().findVirtual(CallHandler.class, "call",
                    MethodType.methodType(Object.class, CallInterface.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("CallHandler has its method", e);
        }
    }

    @Override
    public String toString() {
        return "CallInterface[%s]".formatted(function);
    }
}
