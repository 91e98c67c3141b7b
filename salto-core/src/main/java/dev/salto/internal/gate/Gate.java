// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
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

/**
 * The one upcall stub of a signature, and the pool of slots that lead to it. A signature is a functional interface and a function
 * descriptor; its gate is made once and kept.
 */
public final class Gate {
    private static final ClassValue<ConcurrentMap<FunctionDescriptor, Gate>> GATES = new ClassValue<>() {
        @Override
        protected ConcurrentMap<FunctionDescriptor, Gate> computeValue(Class<?> functionalInterface) {
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
     * @throws IllegalArgumentException if the type is no functional interface, or the descriptor does not fit it or has no port
     * @throws TextImageException if static trampolines do not work here
     */
    public static Gate of(MethodHandles.Lookup definer, Class<?> functionalInterface, FunctionDescriptor descriptor)
            throws TextImageException {
        ConcurrentMap<FunctionDescriptor, Gate> gates = GATES.get(functionalInterface);
        Gate gate = gates.get(descriptor);
        if (gate != null) {
            return gate;
        }
        FunctionalMethod method = FunctionalMethod.of(functionalInterface);
        method.requireFits(descriptor);
        TextImage image = TextImage.get();
        synchronized (gates) {
            gate = gates.get(descriptor);
            if (gate == null) {
                gate = make(definer, method, descriptor, image);
                gates.put(descriptor, gate);
            }
            return gate;
        }
    }

    private static Gate make(MethodHandles.Lookup definer, FunctionalMethod method, FunctionDescriptor descriptor,
            TextImage image) {
        Port port = Ports.thisJvm().orElseThrow();
        String entry = port.entryForHiddenArgument(descriptor);
        try {
            MethodHandle dispatcher = Dispatcher.make(definer, method, descriptor.toMethodType());
            MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher,
                    descriptor.appendArgumentLayouts(JAVA_INT),
                    Arena.global());
            return new Gate(new SlotPool(image, entry, stub.address()));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s cannot define a class in the package of %s, which has to see %s; pass"
                            .formatted(definer, definer.lookupClass().getName(), method.owner().getName())
                            + " MethodHandles.lookup() from a class that sees it",
                    e);
        }
    }

    /** The slots of this signature's closures. */
    public SlotPool slots() {
        return slots;
    }
}
