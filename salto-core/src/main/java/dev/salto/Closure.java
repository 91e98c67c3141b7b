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
 * still hold the pointer. After {@code close()}, native code must not call it any more. Such a call
 * returns zero, or a struct of zeros, and the {@link UseAfterFreePolicy} decides what else
 * happens.
 *
 * <p>After some time, another closure of the same signature reuses the address. The addresses of a
 * type's first 64 closures are not reused while the type is reachable. The others are reused after
 * a thousand more closures were closed ({@code -Ddev.salto.quarantine}). After a
 * {@link CallInterface} is collected, other types of the same {@linkplain Abi calling convention}
 * may reuse the addresses of its closures.
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
     * {@link #CLOSED} is zero, so that a thread that got this object by a race, and sees only
     * zeros, finds it closed. An open closure has the complement of the slot's id, which is
     * negative. While a thread rebinds or closes it, it has the id plus one, and other threads that
     * want to do so wait.
     */
    @SuppressWarnings("UnusedVariable") // read through the handle
    private int state;

    /** A closure that is closed until it is {@linkplain #bind bound}. */
    private Closure(ClosureType<T> type) {
        this.type = type;
    }

    /**
     * Binds a new closure. It is made before its slot is taken, and no call follows, so a failure
     * takes no slot.
     */
    static <T> Closure<T> bind(ClosureType<T> type, T target) {
        Closure<T> closure = new Closure<>(type);
        closure.state = ~type.slots().bind(target, false);
        return closure;
    }

    /** Binds a new closure to an object that is made after the closure. */
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
     * {@return whether it is open: bound, and not closed} Another thread may close it at any time.
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
     * <p>The segment's scope is always alive, because closing a shared scope would stop all threads
     * for some microseconds. So the JDK does not notice its use after {@link #close}. Do not keep
     * the segment longer than the closure is open.
     * {@link ClosureType#bind(Object, java.lang.foreign.Arena)} returns a segment in the scope of
     * an arena, which the JDK checks.
     *
     * @return a segment of size zero, to be used until {@link #close}; its address is a multiple of
     *     4
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
     * reach the new object. Calls in progress on other threads may reach either.
     *
     * @param target the object that later native calls reach
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
            // A plain write: at the end of the stack, a call fails.
            state = open;
            if (!isRebound) {
                throw e;
            }
        }
    }

    /**
     * Gives the closure a label. It names the closure's purpose in the list of
     * {@linkplain Salto#openClosures open closures}, and in reports of its calls, even after it is
     * closed. A closure without a label takes no memory for it. A table's first label takes eight
     * bytes for each of the table's closures.
     *
     * {@snippet :
     * Closure<Progress> closure = PROGRESS.bind(this::show).labelled("progress of " + file);
     * }
     *
     * @param label replaces an earlier one
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
     * {@return the current tier: {@link Tier#GATE}, or {@link Tier#DATA_DRIVEN} for closures of a
     * {@link CallInterface} and of a {@link StaticLinker} that have no gate yet} Never
     * {@link Tier#AUTOMATIC}. The closures of a type change together, at any time; calls in
     * progress continue as before.
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
     * Frees the function pointer. Callbacks in progress continue, and return their results. Closing
     * it again does nothing.
     *
     * <p>The closure no longer keeps its object reachable. This method does not wait for native
     * threads that are about to enter the callback. Their calls count as calls of a closed
     * closure.
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
     * Keeps other threads from changing the closure until the state is set again. Waits for a
     * thread that changes it.
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
