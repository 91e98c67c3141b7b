// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.AfterCollection;
import dev.salto.internal.table.GateUse;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A gate whose classes can be unloaded. The stub stays for good, and it would keep the dispatcher
 * and the class loader of the user's classes alive. So the dispatcher is behind the stub only while
 * a kind needs it.
 */
final class UnloadableGate implements GateUse {
    private final GateStub stub;
    private final MethodHandle dispatcher;

    /** Only this object holds it. When it is collected, the stub is free for the next gate. */
    @SuppressWarnings("UnusedVariable")
    private final MemorySegment lifetime;

    /** The number of kinds that need the dispatcher. */
    private int users;

    UnloadableGate(GateStub stub, MethodHandle dispatcher) {
        this.stub = stub;
        this.dispatcher = dispatcher;
        this.lifetime = AfterCollection.whenUnreachable(stub::giveBack);
    }

    @Override
    public synchronized void connect() {
        if (users == 0) {
            stub.connect(dispatcher);
        }
        users++;
    }

    @Override
    public synchronized void disconnect() {
        users--;
        if (users == 0) {
            stub.disconnect();
        }
    }
}
