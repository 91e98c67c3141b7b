// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.ClosureKind;
import dev.salto.internal.table.ClosureSlots;
import dev.salto.internal.table.Quarantine;
import dev.salto.internal.table.Tables;
import dev.salto.internal.table.Turnover;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Slots without static trampolines: each is an upcall stub of the JDK, which passes the slot's id to the same dispatcher. Stubs of slots that were given
 * back are kept and used again, so that calls through a closed closure are noticed and return zero here as well.
 */
final class StubPool extends ClosureSlots {
    private static final AtomicLong USED = new AtomicLong();

    private final MethodHandle dispatcher;
    private final ClosureKind kind;

    private final Map<Integer, MemorySegment> stubs = new HashMap<>();
    private final Map<Long, Integer> ids = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Quarantine quarantine = Quarantine.ofSize(Quarantine.wantedSize());
    private long taken;
    private long givenBack;
    private int next;
    private int end;

    /**
     * A pool without stubs as yet.
     *
     * @param dispatcher takes what native code passes, and then the slot's id
     */
    StubPool(MethodHandle dispatcher, ClosureKind kind) {
        this.dispatcher = dispatcher;
        this.kind = kind;
    }

    /** How many slots are taken in all pools. */
    static long used() {
        return USED.get();
    }

    @Override
    public boolean areStatic() {
        return false;
    }

    @Override
    public synchronized int bind(Object object, boolean isByAddress) {
        Integer again = free.poll();
        int id = again != null ? again : make();
        beforeBinding();
        Tables.bind(id, object, isByAddress);
        taken++;
        USED.incrementAndGet();
        return id;
    }

    private int make() {
        if (next == end) {
            next = Tables.addObjectsOnly(kind);
            end = next + Tables.SLOTS;
        }
        int id = next;
        FunctionDescriptor function = kind.function();
        MethodHandle target = MethodHandles.insertArguments(dispatcher, function.argumentLayouts().size(), id);
        MemorySegment stub = Linker.nativeLinker().upcallStub(target, function, Arena.global());
        stubs.put(id, stub);
        ids.put(stub.address(), id);
        next++;
        return id;
    }

    @Override
    public synchronized long address(int id) {
        MemorySegment stub = stubs.get(id);
        if (stub == null) {
            throw new AssertionError("no stub has the slot " + id);
        }
        return stub.address();
    }

    @Override
    protected synchronized int find(long address) {
        return ids.getOrDefault(address, Tables.NONE);
    }

    @Override
    public void giveBack(int id) {
        synchronized (this) {
            Tables.unbind(id);
            int recycled = quarantine.add(id);
            if (recycled != Quarantine.NONE) {
                free.add(recycled);
            }
            givenBack++;
        }
        USED.decrementAndGet();
        afterGivingBack();
    }

    @Override
    public synchronized void exclusively(Runnable action) {
        action.run();
    }

    @Override
    public synchronized Turnover turnover() {
        return new Turnover(taken, givenBack);
    }

    /** There is nothing of Salto's that could be made unchangeable: the code is the JVM's. */
    @Override
    public void seal() {
        throw new IllegalStateException(
                "closures that are upcall stubs of the JDK cannot be sealed: their code is the JVM's, and changeable by design");
    }
}
