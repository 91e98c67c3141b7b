// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.table.ClosureSlots;
import dev.salto.internal.table.SlotPool;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one upcall stub of a signature, and the pool of slots that lead to it. A signature is a class of objects, usually a functional
 * interface, and a function descriptor; its gate is made once and kept.
 *
 * <p>Where there is no text image, it is a gate in name only: each of its slots has an upcall stub to itself. Whether that may be is not decided here.
 */
public final class Gate {
    private static final ClassValue<ConcurrentMap<FunctionDescriptor, Gate>> GATES = new ClassValue<>() {
        @Override
        protected ConcurrentMap<FunctionDescriptor, Gate> computeValue(Class<?> objects) {
            return new ConcurrentHashMap<>();
        }
    };

    private final ClosureSlots slots;

    private Gate(ClosureSlots slots) {
        this.slots = slots;
    }

    /**
     * The gate of a signature.
     *
     * @param image null if there is none
     * @param definer has access to the interface, and defines the dispatcher
     * @throws IllegalArgumentException if the type is no functional interface, or does not fit the descriptor, or the linker does not
     *     support the descriptor
     */
    public static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Class<?> functionalInterface,
            FunctionDescriptor function) {
        return of(image, definer, functionalInterface, function, () -> {
            FunctionalMethod method = FunctionalMethod.of(functionalInterface);
            method.requireFits(function);
            return new Dispatcher.Callee.InterfaceMethod(method);
        });
    }

    /**
     * The gate of all closures that are bound to method handles of exactly a descriptor's type.
     *
     * @param image null if there is none
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    public static Gate ofMethodHandles(@Nullable TextImage image, FunctionDescriptor function) {
        return of(image, MethodHandles.lookup(), MethodHandle.class, function, Dispatcher.Callee.ExactHandle::new);
    }

    /**
     * A new gate, for closures of objects that one method handle calls. It is up to the caller to keep it.
     *
     * @param image null if there is none
     * @param invoker takes the object, as an {@code Object}, and then what native code passes
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    public static Gate ofInvoker(@Nullable TextImage image, FunctionDescriptor function, MethodHandle invoker) {
        return make(MethodHandles.lookup(), new Dispatcher.Callee.Invoker(invoker), function, image);
    }

    private static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Class<?> objects,
            FunctionDescriptor function, Supplier<Dispatcher.Callee> callee) {
        ConcurrentMap<FunctionDescriptor, Gate> gates = GATES.get(objects);
        Gate gate = gates.get(function);
        if (gate != null && gate.isGoodFor(image)) {
            return gate;
        }
        Dispatcher.Callee how = callee.get();
        FunctionDescriptor withoutNames = LayoutNames.strip(function);
        synchronized (gates) {
            gate = gates.get(withoutNames);
            if (gate == null || !gate.isGoodFor(image)) {
                gate = make(definer, how, withoutNames, image);
                gates.put(withoutNames, gate);
            }
            // So that the next time the names cost nothing.
            gates.put(function, gate);
            return gate;
        }
    }

    /** A gate of stubs is replaced when static trampolines work after all. */
    private boolean isGoodFor(@Nullable TextImage image) {
        return slots.areStatic() || image == null;
    }

    private static Gate make(MethodHandles.Lookup definer, Dispatcher.Callee callee, FunctionDescriptor function,
            @Nullable TextImage image) {
        try {
            MethodHandle dispatcher = Dispatcher.make(definer, callee, function);
            if (image == null) {
                return new Gate(new StubPool(dispatcher, function));
            }
            Port port = Ports.thisJvm().orElseThrow();
            port.requireLinkable(function);
            MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher, function.appendArgumentLayouts(JAVA_INT),
                    Arena.global());
            TrailingArgument id = port.trailingArgument(function);
            return new Gate(SlotPool.ofGate(image, id, stub.address()));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s cannot define a class in the package of %s; pass MethodHandles.lookup() as it is"
                            .formatted(definer, definer.lookupClass().getName()),
                    e);
        }
    }

    /** The slots of this signature's closures. */
    public ClosureSlots slots() {
        return slots;
    }

    /** How many closures are upcall stubs, of all gates. */
    public static long stubsInUse() {
        return StubPool.used();
    }
}
