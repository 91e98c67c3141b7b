// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.table.BriefWait;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A native function pointer for one Java object. {@link ClosureType#bind(Object)} makes it.
 *
 * <p>It lives until {@link #close}; the garbage collector does not free it, because native code may
 * still hold the pointer. After that native code must not call it any more. If it does all the
 * same, it gets zero, or a struct of zeros, and the {@link UseAfterFreePolicy} says what happens
 * then. This holds until the address is used again for another closure of the same signature. The
 * addresses of a type's first 64 closures are not used again while the type is reachable, all
 * others not before a thousand more were closed ({@code -Ddev.salto.quarantine} says how many).
 * When a {@link CallInterface} that nobody holds was collected, the addresses of its closures may
 * become those of another type of the same {@linkplain Abi calling convention}.
 *
 * <p><b>Threads.</b> All methods may be called from any thread, while other threads call the
 * function pointer, and within its own callback.
 *
 * @param <T> the functional interface
 */
public final class Closure<T> implements AutoCloseable {
    private static final int CLOSED = 0;
    private static final VarHandle STATE = findState();

    private final ClosureType<T> type;

    /**
     * {@link #CLOSED}, so that a thread that got this object by a race, and sees no more of it than
     * zeros, takes it for closed; or the complement of the slot's id, which is negative; or one
     * more than the id, while a thread binds it to another object or closes it, for which all
     * others wait that want to do that.
     */
    @SuppressWarnings("UnusedVariable") // read through the handle
    private int state;

    /** A closure that is closed until it is {@linkplain #bind bound}. */
    private Closure(ClosureType<T> type) {
        this.type = type;
    }

    /**
     * Binds a new closure. It is made before its slot is taken, and no call follows that: a failure
     * takes no slot.
     */
    static <T> Closure<T> bind(ClosureType<T> type, T target) {
        Closure<T> closure = new Closure<>(type);
        closure.state = ~type.slots().bind(target, false);
        return closure;
    }

    /** Binds a new closure to an object that is made when there is the closure. */
    static <T> Closure<T> bindSelf(ClosureType<T> type, Function<? super Closure<T>, ? extends T> maker) {
        Closure<T> closure = new Closure<>(type);
        T target = maker.apply(closure);
        closure.state = ~type.slots().bind(target, false);
        return closure;
    }

    /** Binds a new closure to an object, at a function pointer that was reserved. */
    static <T> Closure<T> adopt(ClosureType<T> type, int reserved, T target) {
        Closure<T> closure = new Closure<>(type);
        closure.state = ~type.slots().adopt(reserved, target);
        return closure;
    }

    /** {@return the type that it was bound with} */
    public ClosureType<T> type() {
        return type;
    }

    /**
     * {@return whether it is open: after it was bound, and before it is closed} Another thread may
     * close it at any time.
     */
    public boolean isOpen() {
        return state() != CLOSED;
    }

    private int state() {
        return (int) STATE.getAcquire(this);
    }

    private static int id(int open) {
        return open < 0 ? ~open : open - 1;
    }

    /**
     * Returns the function pointer.
     *
     * <p>The segment's scope is always alive, so the JDK does not notice its use after {@link
     * #close}: closing a shared scope would stop all threads for some microseconds. Do not keep the
     * segment longer than the closure is open. {@link ClosureType#bind(Object, java.lang.foreign.Arena)} returns a
     * segment in the scope of an arena, which the JDK checks.
     *
     * @return a segment of size zero, to be used until {@link #close}; its address is a multiple of 4
     * @throws IllegalStateException if the closure is closed
     */
    public MemorySegment address() {
        int open = state();
        if (open == CLOSED) {
            throw isClosed();
        }
        return MemorySegment.ofAddress(type.slots().address(id(open)));
    }

    /**
     * Binds the function pointer to another object. Calls that begin after this method returns
     * reach the new one; calls under way on other threads may reach either.
     *
     * @param target what native calls reach from now on
     * @throws ClassCastException if unchecked code passes an object that does not implement the
     *     interface
     * @throws IllegalStateException if the closure is closed, or its type was {@linkplain
     *     ClosureType#seal sealed} while it was open
     */
    public void rebind(T target) {
        int open = take();
        if (open == CLOSED) {
            throw isClosed();
        }
        boolean isRebound = false;
        try {
            type.slots().rebind(id(open), target);
            isRebound = true;
            STATE.setRelease(this, open);
        } catch (RuntimeException | Error e) {
            // By a plain write: where the stack has ended, a call fails.
            state = open;
            if (!isRebound) {
                throw e;
            }
        }
    }

    /**
     * Gives the closure a label, which says what it is for: in the list of {@linkplain
     * Salto#openClosures open closures}, and in reports of its calls, also after it was closed. A
     * closure without a label takes no memory for it. A table's first label takes eight bytes for
     * each of the table's closures.
     *
     * {@snippet :
     * Closure<Progress> closure = PROGRESS.bind(this::show).labelled("progress of " + file);
     * }
     *
     * @param label instead of the one before, if there is any
     * @return this closure
     * @throws IllegalStateException if the closure is closed
     */
    public Closure<T> labelled(String label) {
        Objects.requireNonNull(label, "label");
        int open = take();
        if (open == CLOSED) {
            throw isClosed();
        }
        try {
            type.slots().setLabel(id(open), label);
            STATE.setRelease(this, open);
        } catch (RuntimeException | Error e) {
            state = open;
            throw e;
        }
        return this;
    }

    /**
     * {@return how calls are read now: {@link Tier#GATE}, or {@link Tier#DATA_DRIVEN} for closures
     * of a {@link CallInterface} and of a {@link StaticLinker} that have no gate yet} Never {@link
     * Tier#AUTOMATIC}. The closures of a type change together, at any time; calls under way go on
     * as before.
     */
    public Tier tier() {
        return type.slots().haveGate() ? Tier.GATE : Tier.DATA_DRIVEN;
    }

    /** {@return the label; empty if it has none, or the closure is closed} */
    public Optional<String> label() {
        int open = state();
        String label = open == CLOSED ? null : type.slots().label(id(open));
        return isOpen() ? Optional.ofNullable(label) : Optional.empty();
    }

    /**
     * Frees the function pointer. Callbacks that have begun go on, and what they return is
     * returned. Closing it again does nothing.
     *
     * <p>The object that it was bound to is no longer reachable by it. Native threads that are on
     * their way into the callback are not waited for: the call of one that has not reached the
     * object counts as one after this method.
     */
    @Override
    public void close() {
        int open = take();
        if (open == CLOSED) {
            return;
        }
        boolean isClosed = false;
        try {
            type.slots().close(id(open));
            isClosed = true;
            STATE.setRelease(this, CLOSED);
        } catch (RuntimeException | Error e) {
            state = isClosed ? CLOSED : open;
            if (!isClosed) {
                throw e;
            }
        }
    }

    /**
     * Keeps all other threads from changing the closure until the state is set again; waits for one
     * that does.
     *
     * @return the state before; {@link #CLOSED} if there is nothing to change any more
     */
    private int take() {
        while (true) {
            int open = state();
            if (open == CLOSED) {
                return CLOSED;
            }
            if (open > 0) {
                BriefWait.once();
            } else if (STATE.compareAndSet(this, open, ~open + 1)) {
                return open;
            }
        }
    }

    private IllegalStateException isClosed() {
        return new IllegalStateException("the closure is closed: " + type);
    }

    private static VarHandle findState() {
        try {
            return MethodHandles.lookup().findVarHandle(Closure.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    @Override
    public String toString() {
        int open = state();
        String place = open == CLOSED ? "closed" : "%#x".formatted(type.slots().address(id(open)));
        place += label().map(", \"%s\""::formatted).orElse("");
        return "Closure[%s, %s]".formatted(place, type);
    }
}
