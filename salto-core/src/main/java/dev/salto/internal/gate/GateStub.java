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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The native side of a gate: the upcall stub, and the slots that lead to it. Which dispatcher stands behind the stub can change, so a stub
 * outlives its gate: it is never freed, because a thread may be inside, and serves the next gate of the same function.
 */
final class GateStub {
    /** Those without a gate, by what their closures are. */
    private static final Map<ClosureKind, List<GateStub>> SPARE = new HashMap<>();

    private final ClosureKind kind;
    /** Null if the dispatcher never changes. */
    private final @Nullable MutableCallSite dispatcher;

    private final ClosureSlots slots;

    private GateStub(ClosureKind kind, @Nullable MutableCallSite dispatcher, ClosureSlots slots) {
        this.kind = kind;
        this.dispatcher = dispatcher;
        this.slots = slots;
    }

    /**
     * Takes a stub that has no gate, or makes one. It has to be connected before one of its slots is handed out.
     *
     * @param image null if there is none
     * @param objects the name of the class of objects that its closures are bound to
     * @param forGood the dispatcher, if the gate is never let go: the stub is connected to it; null if it is to be connected later
     * @throws IllegalArgumentException if the linker does not support the function
     */
    static GateStub take(@Nullable TextImage image, String objects, FunctionDescriptor function,
            @Nullable MethodHandle forGood) {
        if (image == null) {
            return take(null, null, new ClosureKind(objects, function, 0), forGood);
        }
        Port port = Ports.thisJvm().orElseThrow();
        port.requireLinkable(function);
        boolean isInMemory = port.classify(function).result() instanceof CallSequence.Result.InMemory;
        return take(image, port, new ClosureKind(objects, function,
                isInMemory ? function.returnLayout().orElseThrow().byteSize() : 0), forGood);
    }

    private static GateStub take(@Nullable TextImage image, @Nullable Port port, ClosureKind kind,
            @Nullable MethodHandle forGood) {
        GateStub spare = takeSpare(kind, image != null);
        if (spare != null) {
            if (forGood != null) {
                spare.connect(forGood);
            }
            return spare;
        }
        // Behind a call site it can change. That costs nothing in calls, but milliseconds here, which most gates can do without.
        MutableCallSite site = forGood != null
                ? null
                : new MutableCallSite(kind.function().toMethodType().appendParameterTypes(int.class));
        MethodHandle dispatcher = site == null ? Objects.requireNonNull(forGood) : site.dynamicInvoker();
        return new GateStub(kind, site, image == null || port == null
                ? new StubPool(dispatcher, kind)
                : pool(image, port, dispatcher, kind));
    }

    private static SlotPool pool(TextImage image, Port port, MethodHandle dispatcher, ClosureKind kind) {
        MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher,
                kind.function().appendArgumentLayouts(JAVA_INT), Arena.global());
        return SlotPool.ofGate(image, port.trailingArgument(kind.function()), stub.address(), kind);
    }

    private static @Nullable GateStub takeSpare(ClosureKind kind, boolean isStatic) {
        synchronized (SPARE) {
            if (!SPARE.isEmpty()) {
                List<GateStub> spare = SPARE.getOrDefault(kind, List.of());
                for (GateStub stub : spare) {
                    if (stub.slots.areStatic() == isStatic) {
                        spare.remove(stub);
                        return stub;
                    }
                }
            }
        }
        return null;
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
        MutableCallSite site = Objects.requireNonNull(dispatcher, "it is connected for good");
        site.setTarget(newDispatcher);
        MutableCallSite.syncAll(new MutableCallSite[]{site});
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
