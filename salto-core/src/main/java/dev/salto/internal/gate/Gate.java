// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.table.SlotPool;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * The one upcall stub of a signature, and the pool of slots that lead to it. A signature is a class of objects, usually a functional
 * interface, and a function descriptor; its gate is made once and kept.
 */
public final class Gate {
    private static final ClassValue<ConcurrentMap<FunctionDescriptor, Gate>> GATES = new ClassValue<>() {
        @Override
        protected ConcurrentMap<FunctionDescriptor, Gate> computeValue(Class<?> objects) {
            return new ConcurrentHashMap<>();
        }
    };

    private final SlotPool slots;

    private Gate(SlotPool slots) {
        this.slots = slots;
    }

    /**
     * The gate of a signature.
     *
     * @param definer has access to the interface, and defines the dispatcher
     * @throws IllegalArgumentException if the type is no functional interface, or does not fit the descriptor, or the linker does not
     *     support the descriptor
     * @throws TextImageException if static trampolines do not work here
     */
    public static Gate of(MethodHandles.Lookup definer, Class<?> functionalInterface, FunctionDescriptor function)
            throws TextImageException {
        return of(definer, functionalInterface, function, () -> {
            FunctionalMethod method = FunctionalMethod.of(functionalInterface);
            method.requireFits(function);
            return new Dispatcher.Callee.InterfaceMethod(method);
        });
    }

    /**
     * The gate of all closures that are bound to method handles of exactly a descriptor's type.
     *
     * @throws IllegalArgumentException if the linker does not support the descriptor
     * @throws TextImageException if static trampolines do not work here
     */
    public static Gate ofMethodHandles(FunctionDescriptor function) throws TextImageException {
        return of(MethodHandles.lookup(), MethodHandle.class, function, Dispatcher.Callee.ExactHandle::new);
    }

    /**
     * A new gate, for closures of objects that one method handle calls. It is up to the caller to keep it.
     *
     * @param invoker takes the object, as an {@code Object}, and then what native code passes
     * @throws IllegalArgumentException if the linker does not support the descriptor
     * @throws TextImageException if static trampolines do not work here
     */
    public static Gate ofInvoker(FunctionDescriptor function, MethodHandle invoker) throws TextImageException {
        return make(MethodHandles.lookup(), new Dispatcher.Callee.Invoker(invoker), function, TextImage.get());
    }

    private static Gate of(MethodHandles.Lookup definer, Class<?> objects, FunctionDescriptor function,
            Supplier<Dispatcher.Callee> callee) throws TextImageException {
        ConcurrentMap<FunctionDescriptor, Gate> gates = GATES.get(objects);
        Gate gate = gates.get(function);
        if (gate != null) {
            return gate;
        }
        Dispatcher.Callee how = callee.get();
        TextImage image = TextImage.get();
        FunctionDescriptor withoutNames = LayoutNames.strip(function);
        synchronized (gates) {
            gate = gates.get(withoutNames);
            if (gate == null) {
                gate = make(definer, how, withoutNames, image);
                gates.put(withoutNames, gate);
            }
            // So that the next time the names cost nothing.
            gates.put(function, gate);
            return gate;
        }
    }

    private static Gate make(MethodHandles.Lookup definer, Dispatcher.Callee callee, FunctionDescriptor function,
            TextImage image) {
        try {
            MethodHandle dispatcher = Dispatcher.make(definer, callee, function);
            MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher, function.appendArgumentLayouts(JAVA_INT),
                    Arena.global());
            TrailingArgument id = Ports.thisJvm().orElseThrow().trailingArgument(function);
            return new Gate(SlotPool.ofGate(image, id, stub.address()));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s cannot define a class in the package of %s; pass MethodHandles.lookup() as it is"
                            .formatted(definer, definer.lookupClass().getName()),
                    e);
        }
    }

    /** The slots of this signature's closures. */
    public SlotPool slots() {
        return slots;
    }
}
