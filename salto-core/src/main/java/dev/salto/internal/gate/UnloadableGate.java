// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.AfterCollection;
import dev.salto.internal.table.Occupancy;
import dev.salto.internal.table.Turnover;
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

    /** Changes to true under this object's lock, and to false while no slot can be taken. */
    private volatile boolean isConnected;

    private volatile boolean isWatched;
    private long takenBefore;

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
    public void beforeBinding() {
        if (!isConnected) {
            connect();
        }
    }

    private synchronized void connect() {
        if (!isConnected) {
            CONNECTED.add(this);
            stub.connect(dispatcher);
            isConnected = true;
        }
    }

    @Override
    public void afterGivingBack() {
        if (!isWatched) {
            watch();
        }
    }

    private void watch() {
        isWatched = true;
        AfterCollection.run(() -> stub.slots().exclusively(this::disconnectIfIdle));
    }

    /** Called while no slot can be taken. Whoever gives one back later looks whether the gate is watched. */
    private void disconnectIfIdle() {
        Turnover turnover = stub.slots().turnover();
        isWatched = false;
        if (turnover.used() > 0 || !isConnected) {
            return;
        }
        if (turnover.taken() != takenBefore) {
            // In use from time to time: changing what is behind a stub throws compiled code away.
            takenBefore = turnover.taken();
            watch();
            return;
        }
        stub.disconnect();
        isConnected = false;
        CONNECTED.remove(this);
    }
}
