// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.Carrier;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call from native code, and the place for its result. Reading and writing
 * numbers and pointers' addresses allocates nothing.
 *
 * <p>An argument is read by the method for the type that {@link FunctionDescriptor#toMethodType}
 * gives its layout: an {@code int} by {@link #getInt}, a struct by {@link #getSegment}. Any other
 * method refuses it.
 *
 * <p><b>Lifetime and threads.</b> Only the thread that native code has called may use it, until the
 * handler returns. In another thread, every method throws {@link WrongThreadException}. After the
 * handler has returned, every method throws {@link IllegalStateException}. Each call has an object
 * of its own, of 48 bytes. The JIT compiler removes it where it inlines the handler: mostly, if a
 * process has one or two classes of handlers.
 */
public final class Arguments {
    /** In place of the slot of a closure that Java handlers answer. */
    private static final int RECORDED = -1;

    private final Thread owner = Thread.currentThread();

    private final CallInterface callInterface;

    /** The slot of the closure that was called. */
    private final int id;

    /**
     * Null if the call is over. The owner alone reads and writes it, so the call cannot end while a
     * method runs. Written as a field, because a call could fail at the end of the stack.
     */
    @Nullable
    CallPlan plan;

    private long frame;

    private boolean isAnswered;

    /** The arena of segments, made with the first one. */
    private @Nullable Arena arena;

    /** Those of a call of the current thread. */
    Arguments(CallInterface callInterface, int id, CallPlan plan, long frame) {
        this.callInterface = callInterface;
        this.id = id;
        this.plan = plan;
        this.frame = frame;
    }

    /** Those of the recorded calls of a closure, while the current thread takes them. */
    static Arguments ofRecorded(CallInterface callInterface, CallPlan none, long frame) {
        Arguments arguments = new Arguments(callInterface, RECORDED, none, frame);
        arguments.plan = null;
        return arguments;
    }

    /** Makes them those of another recorded call of the closure. */
    void setFrame(long record) {
        frame = record;
    }

    /** Whether the current thread can use them. */
    @SuppressWarnings("ReferenceEquality") // a thread's class may have an equals of its own
    boolean areOfCurrentThread() {
        return Thread.currentThread() == owner;
    }

    /**
     * Completes the result, and closes the segments. {@link #plan} must be null by now.
     *
     * @param ended the plan before
     */
    void end(CallPlan ended) {
        if (!isAnswered && ended.mustReturnZero()) {
            ended.returnZero(frame);
        }
        Arena own = arena;
        if (own != null) {
            arena = null;
            own.close();
        }
    }

    /**
     * {@return the function's type}
     *
     * @throws IllegalStateException if the call is over
     * @throws WrongThreadException if native code has called another thread
     */
    public CallInterface callInterface() {
        CallPlan _ = plan();
        return callInterface;
    }

    /**
     * {@return the closure that native code has called, for a handler of several closures} Unlike
     * this object, the result may be kept.
     *
     * @throws IllegalStateException if the call is over, or was {@linkplain RecordedCall recorded}
     * @throws WrongThreadException if native code has called another thread
     */
    public CalledClosure called() {
        CallInterface type = callInterface();
        if (id == RECORDED) {
            throw new IllegalStateException("a recorded call has no CalledClosure; use RecordedCall.closure");
        }
        return new CalledClosure(type, id);
    }

    /**
     * {@return the number of arguments}
     *
     * @throws IllegalStateException if the call is over
     * @throws WrongThreadException if native code has called another thread
     */
    public int count() {
        return plan().count();
    }

    /**
     * {@return an argument}
     *
     * @param index the argument's, from 0
     * @throws IndexOutOfBoundsException if there is no such argument
     * @throws IllegalArgumentException if it is of another type
     * @throws IllegalStateException if the call is over
     * @throws WrongThreadException if native code has called another thread
     */
    public boolean getBoolean(int index) {
        return Memory.getByte(place(index, Carrier.BOOLEAN)) != 0;
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public byte getByte(int index) {
        return Memory.getByte(place(index, Carrier.BYTE));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public short getShort(int index) {
        return Memory.getShort(place(index, Carrier.SHORT));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public char getChar(int index) {
        return Memory.getChar(place(index, Carrier.CHAR));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public int getInt(int index) {
        return Memory.getInt(place(index, Carrier.INT));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public long getLong(int index) {
        return Memory.getLong(place(index, Carrier.LONG));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public float getFloat(int index) {
        CallPlan current = plan();
        return current.carrier(Objects.checkIndex(index, current.count())) == Carrier.WIDENED_FLOAT
                ? Memory.getWidened(frame + current.offset(index))
                : Memory.getFloat(place(index, Carrier.FLOAT));
    }

    /**
     * {@return an argument, as {@link #getBoolean} does}
     *
     * @param index the index of the argument, from 0
     */
    public double getDouble(int index) {
        return Memory.getDouble(place(index, Carrier.DOUBLE));
    }

    /**
     * Reads an argument that is a pointer, as {@link #getBoolean} does.
     *
     * @param index the index of the argument, from 0
     * @return the address, without a segment for it
     */
    public long getPointer(int index) {
        return Memory.getWord(place(index, Carrier.ADDRESS));
    }

    /**
     * Reads an argument that is a pointer, as {@link #getBoolean} does.
     *
     * @param index the index of the argument, from 0
     * @return a segment at that address, of the size of the pointer's target layout, or of size
     *     zero if it has none. Java does not limit its lifetime
     */
    public MemorySegment getAddress(int index) {
        long address = getPointer(index);
        return plan().pointee(index, address);
    }

    /**
     * Reads an argument that is a struct, a union or of one of the types of {@link NativeLayouts},
     * as {@link #getBoolean} does.
     *
     * @param index the index of the argument, from 0
     * @return its bytes, in memory that is valid until the handler returns
     */
    public MemorySegment getSegment(int index) {
        CallPlan current = plan();
        requireCarrier(current, index, Carrier.SEGMENT);
        return current.getSegment(index, frame, ownArena());
    }

    /**
     * Copies an argument of any type to memory, with the bytes of a C variable of that type. It is
     * for interpreters whose own values are memory.
     *
     * @param index the argument's index, the first is 0
     * @param target gets the bytes at its beginning; of any alignment, on the heap or not
     * @throws IndexOutOfBoundsException if there is no such argument
     * @throws IllegalArgumentException if {@code target} is smaller than the argument's layout
     * @throws IllegalStateException if the call is over, or the arena of {@code target} is closed
     * @throws WrongThreadException if native code has called another thread, or {@code target} is
     *     confined to another thread
     */
    public void copyTo(int index, MemorySegment target) {
        CallPlan current = plan();
        MemoryLayout layout = current.function().argumentLayouts().get(Objects.checkIndex(index, current.count()));
        CallPlan.requireRoom(target, layout, "filled with");
        boolean takesScratch = current.isInPieces(index);
        long scratch = takesScratch ? ownArena().allocate(layout).address() : 0;
        current.copyTo(index, frame, target, scratch);
    }

    /**
     * Sets a result of any type from memory, as {@link #copyTo} copies an argument. A
     * {@code boolean} is true if its byte is not zero. If reading {@code source} fails, the result
     * is unchanged, or zero.
     *
     * @param source has the result at its beginning; of any alignment, on the heap or not
     * @throws IllegalArgumentException if the function returns nothing, or {@code source} is
     *     smaller than the result's layout
     * @throws IllegalStateException if the call is over, or the arena of {@code source} is closed
     * @throws WrongThreadException if native code has called another thread, or {@code source} is
     *     confined to another thread
     */
    public void setReturnFrom(MemorySegment source) {
        plan().returnFrom(frame, source);
        isAnswered = true;
    }

    /**
     * Sets the result. The last call counts.
     *
     * @param value the result for native code
     * @throws IllegalArgumentException if the function's result is of another type
     * @throws IllegalStateException if the call is over
     * @throws WrongThreadException if native code has called another thread
     */
    public void setReturn(boolean value) {
        resultIs(Carrier.BOOLEAN).returnInteger(frame, value ? 1 : 0);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(byte value) {
        resultIs(Carrier.BYTE).returnInteger(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(short value) {
        resultIs(Carrier.SHORT).returnInteger(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(char value) {
        resultIs(Carrier.CHAR).returnInteger(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(int value) {
        resultIs(Carrier.INT).returnInteger(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(long value) {
        resultIs(Carrier.LONG).returnInteger(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(float value) {
        boolean isWidened = plan().result() == Carrier.WIDENED_FLOAT;
        resultIs(isWidened ? Carrier.WIDENED_FLOAT : Carrier.FLOAT).returnFloat(frame, value);
    }

    /**
     * Sets the result, as {@link #setReturn(boolean)} does.
     *
     * @param value the result
     */
    public void setReturn(double value) {
        resultIs(Carrier.DOUBLE).returnDouble(frame, value);
    }

    /**
     * Sets a result that is a pointer, as {@link #setReturn(boolean)} does.
     *
     * @param address the address
     */
    public void setReturnPointer(long address) {
        resultIs(Carrier.ADDRESS).returnInteger(frame, address);
    }

    /**
     * Sets a result that is a pointer, a struct, a union or of one of the types of {@link
     * NativeLayouts}, as {@link #setReturn(boolean)} does. If it fails to read {@code value}, the
     * result is zero until it is set again.
     *
     * @param value the target of a pointer; otherwise the bytes to copy, at least as large as the
     *     result's layout
     * @throws IllegalArgumentException if the function's result is of another type, or {@code
     *     value} is too small, or on the heap and the result a pointer
     * @throws IllegalStateException if the call is over, or the arena of {@code value} is closed
     *     when it is read
     * @throws WrongThreadException if native code has called another thread, or {@code value} is
     *     confined to another thread
     */
    public void setReturn(MemorySegment value) {
        Objects.requireNonNull(value, "value");
        CallPlan current = plan();
        if (current.result() == Carrier.ADDRESS) {
            current.returnPointer(frame, value);
        } else {
            requireResult(Carrier.SEGMENT).returnSegment(frame, value);
        }
        isAnswered = true;
    }

    /**
     * {@return the {@code errno} of the caller, as it was when native code made the call; on
     * Windows, what {@code GetLastError} returned} The JVM may have changed the thread's own since.
     * After the callback, {@code errno} is the caller's again, or what {@link #setErrno} has set.
     *
     * @throws IllegalStateException if the call is over, was {@linkplain RecordedCall recorded}, or
     *     came through an upcall stub, with {@link Tier#GATE} or {@link Mechanism#UPCALL_STUBS}
     * @throws WrongThreadException if native code has called another thread
     */
    public int errno() {
        return plan().lastError(frame);
    }

    /**
     * Sets the {@code errno} that the caller finds after the callback; on Windows, what
     * {@code GetLastError} returns. The entry writes it after the JVM has been left, so nothing
     * changes it in between. The last call counts.
     *
     * @param number the number of an error, or any other
     * @throws IllegalStateException as {@link #errno}
     * @throws WrongThreadException if native code has called another thread
     */
    public void setErrno(int number) {
        plan().setLastError(frame, number);
    }

    /**
     * Ends the callback by a native function that need not return, such as {@code lua_error}. When
     * the handler has returned and Java has been left, the function is called with the words as its
     * arguments. It may {@code longjmp} over the caller, because no Java frame of this callback is
     * left. A {@code longjmp} over a Java frame, as from a downcall, ends the JVM.
     *
     * <p>If the function returns, its result is that of the closure. So it must have the closure's
     * result type, and no struct that is returned in memory. The function has the calling
     * convention of the closure. It may be variadic.
     *
     * <p>The function gets the return address of the closure's caller, and the stack is as deep as
     * at the call. On i386 and ppc64le the entry stays on the stack and calls the function.
     *
     * <p>The words are integers and pointers, as large as an address each. There can be 8 on
     * AArch64, riscv64, ppc64le, LoongArch and i386, and 6 on x86-64. On Arm, s390x and with the
     * convention of Windows on x86-64 there can be 4. Words that are not given are zero.
     *
     * <p>The last call counts. A result that the handler sets does not. If the handler throws, the
     * function is not called.
     *
     * @param function the address of a native function; its memory must stay until the call
     * @param words the arguments of the function
     * @throws IllegalArgumentException if {@code function} is a heap segment or {@link
     *     MemorySegment#NULL}, or there are too many words, or one has more bits than a word
     * @throws IllegalStateException as {@link #errno}
     * @throws WrongThreadException if native code has called another thread
     * @throws IllegalCallerException if the module of the caller has no native access; the message
     *     names the option that grants it
     */
    public void leaveBy(MemorySegment function, long... words) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "Arguments.leaveBy");
        }
        Trampoline.requireTarget(function);
        plan().leaveBy(frame, function.address(), words);
    }

    private Arena ownArena() {
        Arena own = arena;
        if (own == null) {
            own = id == RECORDED ? Arena.ofAuto() : Arena.ofConfined();
            arena = own;
        }
        return own;
    }

    /** Reads an argument of any type, boxed. */
    Object get(int index) {
        CallPlan current = plan();
        return current.carrier(index) == Carrier.SEGMENT ? getSegment(index) : current.get(index, frame);
    }

    /**
     * Sets a result of the function's type, boxed. If the function has none, any value will do,
     * null included.
     *
     * @throws ClassCastException if it is of another type
     * @throws NullPointerException if it is null, and the function has a result
     */
    void setBoxed(@Nullable Object result) {
        plan().returnBoxed(frame, result);
        isAnswered = true;
    }

    @SuppressWarnings("ReferenceEquality") // a thread's class may have an equals of its own
    private CallPlan plan() {
        CallPlan current = plan;
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException(
                    "thread %s used the arguments of a call of thread %s; only the thread that native code has called can use them"
                            .formatted(Thread.currentThread().getName(), owner.getName()));
        }
        if (current == null) {
            throw new IllegalStateException(
                    "the call is over; arguments can be used until the handler returns, so read there what is needed later");
        }
        return current;
    }

    private long place(int index, Carrier carrier) {
        CallPlan current = plan();
        requireCarrier(current, index, carrier);
        return frame + current.offset(index);
    }

    private static void requireCarrier(CallPlan plan, int index, Carrier carrier) {
        Carrier own = plan.carrier(Objects.checkIndex(index, plan.count()));
        if (own != carrier) {
            throw new IllegalArgumentException("argument %d is a %s and was read as a %s: %s".formatted(index,
                    own.describe(), carrier.describe(), plan.function()));
        }
    }

    private CallPlan resultIs(Carrier carrier) {
        CallPlan current = requireResult(carrier);
        isAnswered = true;
        return current;
    }

    private CallPlan requireResult(Carrier carrier) {
        CallPlan current = plan();
        Carrier own = current.result();
        if (own != carrier) {
            throw new IllegalArgumentException("the result is %s and was set as a %s: %s".formatted(
                    own == null ? "nothing" : "a " + own.describe(), carrier.describe(), current.function()));
        }
        return current;
    }
}
