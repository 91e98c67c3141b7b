// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.CallSequence;
import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.table.ClosureKind;
import dev.salto.internal.table.ClosureSlots;
import dev.salto.internal.table.SlotPool;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MutableCallSite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The native side of a gate: the upcall stub, and the slots that lead to it. Which dispatcher stands behind the stub can change, so a stub
 * outlives its gate: it is never freed, because a thread may be inside, and serves the next gate of the same function.
 */
final class GateStub {
    /** Those without a gate, by what their closures are. */
    private static final Map<ClosureKind, List<GateStub>> SPARE = new HashMap<>();

    private final ClosureKind kind;
    private final MutableCallSite dispatcher;
    private final ClosureSlots slots;

    private GateStub(ClosureKind kind, SlotsMaker maker) {
        this.kind = kind;
        this.dispatcher = new MutableCallSite(kind.function().toMethodType().appendParameterTypes(int.class));
        this.slots = maker.make(dispatcher.dynamicInvoker());
    }

    private interface SlotsMaker {
        ClosureSlots make(MethodHandle dispatcher);
    }

    /**
     * Takes a stub that has no gate, or makes one. It has to be connected before one of its slots is handed out.
     *
     * @param image null if there is none
     * @param objects the name of the class of objects that its closures are bound to
     * @throws IllegalArgumentException if the linker does not support the function
     */
    static GateStub take(@Nullable TextImage image, String objects, FunctionDescriptor function) {
        if (image == null) {
            ClosureKind kind = new ClosureKind(objects, function, 0);
            return take(kind, false, dispatcher -> new StubPool(dispatcher, kind));
        }
        Port port = Ports.thisJvm().orElseThrow();
        port.requireLinkable(function);
        boolean isInMemory = port.classify(function).result() instanceof CallSequence.Result.InMemory;
        ClosureKind kind = new ClosureKind(objects, function,
                isInMemory ? function.returnLayout().orElseThrow().byteSize() : 0);
        return take(kind, true, dispatcher -> {
            MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher, function.appendArgumentLayouts(JAVA_INT),
                    Arena.global());
            return SlotPool.ofGate(image, port.trailingArgument(function), stub.address(), kind);
        });
    }

    private static GateStub take(ClosureKind kind, boolean isStatic, SlotsMaker maker) {
        synchronized (SPARE) {
            List<GateStub> spare = SPARE.getOrDefault(kind, List.of());
            for (GateStub stub : spare) {
                if (stub.slots.areStatic() == isStatic) {
                    spare.remove(stub);
                    return stub;
                }
            }
        }
        return new GateStub(kind, maker);
    }

    /** Makes the stub one without a gate. All its closures are closed. */
    void giveBack() {
        slots.setOccupancy(null);
        disconnect();
        synchronized (SPARE) {
            SPARE.computeIfAbsent(kind, _ -> new ArrayList<>()).add(this);
        }
    }

    /** Puts a dispatcher behind the stub. */
    void connect(MethodHandle newDispatcher) {
        dispatcher.setTarget(newDispatcher);
        MutableCallSite.syncAll(new MutableCallSite[]{dispatcher});
    }

    /** Lets go of the dispatcher: whoever calls finds closed closures. */
    void disconnect() {
        connect(Dispatcher.ofClosed(kind.function()));
    }

    /** What its closures are, for people. */
    String describe() {
        return kind.describe();
    }

    ClosureSlots slots() {
        return slots;
    }
}
