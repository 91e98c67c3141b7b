// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.table.ClosureSlots;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A native function pointer of a Java object's own. Made by {@link ClosureType#bind(Object)}.
 *
 * <p>It lives until {@link #close}; the garbage collector does not free it, because native code may still hold the pointer. After that native code
 * must not call it any more. If it does all the same, it gets zero, or a struct of zeros, and the {@link UseAfterFreePolicy} says what happens then.
 * So it is until the address is handed out again for another closure of the same signature, which is not before a thousand others were closed
 * ({@code -Ddev.salto.quarantine} says how many).
 *
 * <p><b>Threads.</b> All methods may be called from any thread, while other threads call the function pointer, and within its own callback.
 *
 * @param <T> the functional interface
 */
public final class Closure<T> implements AutoCloseable {
    private static final int CLOSED = -1;
    private static final VarHandle ID = findId();

    private final ClosureType<T> type;

    /**
     * The slot's id, or {@link #CLOSED}; written by whoever has the lock of the slots. Its complement, so that a thread that got this object by a
     * race, and sees no more of it than zeros, takes it for closed. Not volatile: the fence behind a write would take as long as the rest of {@link #close}.
     */
    @SuppressWarnings("UnusedVariable") // read and written through the handle
    private int complement;

    Closure(ClosureType<T> type, int id) {
        this.type = type;
        this.complement = ~id;
    }

    private int id() {
        return ~(int) ID.getAcquire(this);
    }

    /**
     * The function pointer.
     *
     * @return a segment of size zero, valid until {@link #close}
     * @throws IllegalStateException if the closure is closed
     */
    public MemorySegment address() {
        return MemorySegment.ofAddress(type.slots().address(requireOpen()));
    }

    /**
     * Binds the function pointer to another object. Calls that begin after this method returns reach the new one; calls under way on other
     * threads may reach either.
     *
     * @param target what native calls reach from now on
     * @throws ClassCastException if unchecked code passes an object that does not implement the interface
     * @throws IllegalStateException if the closure is closed
     */
    public void rebind(T target) {
        type.requireInstance(target);
        ClosureSlots slots = type.slots();
        synchronized (slots) {
            slots.rebind(requireOpen(), target);
        }
    }

    /**
     * Frees the function pointer. Callbacks that have begun go on, and what they return is returned. Closing it again does nothing.
     *
     * <p>The object that it was bound to is no longer reachable by it. Native threads that are on their way into the callback are not waited for: the call
     * of one that has not reached the object counts as one after this method.
     */
    @Override
    public void close() {
        ClosureSlots slots = type.slots();
        synchronized (slots) {
            int open = id();
            if (open != CLOSED) {
                ID.setRelease(this, ~CLOSED);
                slots.giveBackLocked(open);
            }
        }
    }

    private int requireOpen() {
        int open = id();
        if (open == CLOSED) {
            throw new IllegalStateException("the closure is closed: " + type);
        }
        return open;
    }

    private static VarHandle findId() {
        try {
            return MethodHandles.lookup().findVarHandle(Closure.class, "complement", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    @Override
    public String toString() {
        int current = id();
        String place = current == CLOSED ? "closed" : "%#x".formatted(type.slots().address(current));
        return "Closure[%s, %s]".formatted(place, type);
    }
}
