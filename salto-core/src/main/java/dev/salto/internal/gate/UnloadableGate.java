// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.Occupancy;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a gate's classes loaded while closures are open, and not longer. The stub is reachable from native code for good, and with it the
 * dispatcher behind it, and the class loader of the user's classes. So the dispatcher is behind the stub only from the first closure on until
 * a garbage collection has passed without any.
 *
 * <p>A gate whose classes are never unloaded needs none of this.
 */
final class UnloadableGate implements Occupancy {
    /** Those that may be called. */
    private static final Set<UnloadableGate> CONNECTED = ConcurrentHashMap.newKeySet();

    private final GateStub stub;
    private final MethodHandle dispatcher;

    /** Nothing but this object holds it: when it goes, the stub is free for the next gate. */
    @SuppressWarnings("UnusedVariable")
    private final MemorySegment lifetime;

    private boolean isConnected;
    private boolean isWatched;
    private long takenWhenWatched;

    private UnloadableGate(GateStub stub, MethodHandle dispatcher) {
        this.stub = stub;
        this.dispatcher = dispatcher;
        this.lifetime = AfterCollection.whenUnreachable(stub::giveBack);
    }

    /** Takes care of a stub, whose slots are all free. */
    static UnloadableGate of(GateStub stub, MethodHandle dispatcher) {
        UnloadableGate gate = new UnloadableGate(stub, dispatcher);
        stub.slots().setOccupancy(gate);
        return gate;
    }

    @Override
    public void begin() {
        if (!isConnected) {
            isConnected = true;
            CONNECTED.add(this);
            stub.connect(dispatcher);
        }
    }

    @Override
    public void end() {
        if (!isWatched) {
            isWatched = true;
            takenWhenWatched = stub.slots().taken();
            AfterCollection.run(this::disconnectIfIdle);
        }
    }

    private void disconnectIfIdle() {
        synchronized (stub.slots()) {
            isWatched = false;
            if (!stub.slots().isUnused()) {
                return;
            }
            if (stub.slots().taken() != takenWhenWatched) {
                // In use from time to time: changing what is behind a stub throws compiled code away.
                end();
                return;
            }
            isConnected = false;
            stub.disconnect();
            CONNECTED.remove(this);
        }
    }
}
