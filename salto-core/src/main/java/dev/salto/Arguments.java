// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.Carrier;
import dev.salto.internal.os.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call from native code, and the place for its result. Reading and writing numbers and pointers' addresses allocates nothing; the object itself is used again for later
 * calls of the same thread.
 *
 * <p>An argument is read by the method for the type that {@link FunctionDescriptor#toMethodType} gives its layout: an {@code int} by {@link #getInt}, a struct by {@link #getSegment}. Any other
 * method refuses it.
 *
 * <p><b>Lifetime and threads.</b> It is for the thread that native code has called, and until the handler returns. What was kept beyond that throws an exception,
 * or stands for a later call of that thread.
 */
public final class Arguments {
    /** The objects of one thread: one for each call that is under way in another. */
    private static final ThreadLocal<Stack> STACK = ThreadLocal.withInitial(Stack::new);

    private static final class Stack {
        Arguments free = new Arguments(this);
    }

    private final Stack stack;

    /** For a call within this one; made when there is one. */
    private @Nullable Arguments next;

    private @Nullable CallInterface callInterface;
    private @Nullable CallPlan plan;
    private long frame;
    private boolean isAnswered;

    /** For a call that has come through a gate; made when there is one. */
    private @Nullable MemorySegment memory;

    /** Of segments, made when there is one. */
    private @Nullable Arena arena;

    private Arguments(Stack stack) {
        this.stack = stack;
    }

    /** Those of a call that begins. They have to be {@linkplain #end ended}. */
    static Arguments begin(CallInterface callInterface, CallPlan plan, long frame) {
        Stack stack = STACK.get();
        Arguments arguments = stack.free;
        Arguments next = arguments.next;
        if (next == null) {
            next = new Arguments(stack);
            arguments.next = next;
        }
        stack.free = next;
        arguments.callInterface = callInterface;
        arguments.plan = plan;
        arguments.frame = frame;
        arguments.isAnswered = false;
        return arguments;
    }

    /**
     * Those of a call that begins and has come through a gate. They have to be filled.
     *
     * @param packed the plan for such calls
     */
    static Arguments beginPacked(CallInterface callInterface, CallPlan packed) {
        Arguments arguments = begin(callInterface, packed, 0);
        MemorySegment memory = arguments.memory;
        if (memory == null || memory.byteSize() < packed.packedSize()) {
            memory = Arena.ofAuto().allocate(packed.packedSize(), CallPlan.PACKED_SLOT);
            arguments.memory = memory;
        }
        arguments.frame = memory.address();
        packed.beginPacked(arguments.frame);
        return arguments;
    }

    /** The address of the memory of a call that has come through a gate. */
    long frame() {
        return frame;
    }

    /** Ends the call: nobody can read them any more. */
    void end() {
        CallPlan ended = plan;
        if (!isAnswered && ended != null && ended.mustReturnZero()) {
            ended.returnZero(frame);
        }
        plan = null;
        callInterface = null;
        stack.free = this;
        Arena own = arena;
        if (own != null) {
            arena = null;
            own.close();
        }
    }

    /**
     * The function's type.
     *
     * @throws IllegalStateException if the call is over
     */
    public CallInterface callInterface() {
        CallInterface current = callInterface;
        if (current == null) {
            throw isOver();
        }
        return current;
    }

    /**
     * How many arguments there are.
     *
     * @throws IllegalStateException if the call is over
     */
    public int count() {
        return plan().count();
    }

    /**
     * Reads an argument.
     *
     * @param index the argument's, from 0
     * @throws IndexOutOfBoundsException if there is no such argument
     * @throws IllegalArgumentException if it is of another type
     * @throws IllegalStateException if the call is over
     */
    public boolean getBoolean(int index) {
        return Memory.getByte(place(index, Carrier.BOOLEAN)) != 0;
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public byte getByte(int index) {
        return Memory.getByte(place(index, Carrier.BYTE));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public short getShort(int index) {
        return Memory.getShort(place(index, Carrier.SHORT));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public char getChar(int index) {
        return Memory.getChar(place(index, Carrier.CHAR));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public int getInt(int index) {
        return Memory.getInt(place(index, Carrier.INT));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public long getLong(int index) {
        return Memory.getLong(place(index, Carrier.LONG));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public float getFloat(int index) {
        CallPlan current = plan();
        return current.carrier(Objects.checkIndex(index, current.count())) == Carrier.WIDENED_FLOAT
                ? Memory.getWidened(frame + current.offset(index))
                : Memory.getFloat(place(index, Carrier.FLOAT));
    }

    /** Reads an argument, as {@link #getBoolean} does. */
    public double getDouble(int index) {
        return Memory.getDouble(place(index, Carrier.DOUBLE));
    }

    /**
     * Reads an argument that is a pointer, as {@link #getBoolean} does.
     *
     * @return the address, without a segment for it
     */
    public long getPointer(int index) {
        return Memory.getWord(place(index, Carrier.ADDRESS));
    }

    /**
     * Reads an argument that is a pointer, as {@link #getBoolean} does.
     *
     * @return a segment that begins there, of the size of the pointer's target layout, or zero if it has none; valid for good, as far as Java knows
     */
    public MemorySegment getAddress(int index) {
        MemorySegment segment = MemorySegment.ofAddress(getPointer(index));
        long size = plan().pointeeSize(index);
        return size == 0 ? segment : segment.reinterpret(size);
    }

    /**
     * Reads an argument that is a struct, a union or of one of the types of {@link NativeLayouts}, as {@link #getBoolean} does.
     *
     * @return its content, in memory that is valid until the handler returns
     */
    public MemorySegment getSegment(int index) {
        CallPlan current = plan();
        requireCarrier(current, index, Carrier.SEGMENT);
        Arena own = arena;
        if (own == null) {
            own = Arena.ofConfined();
            arena = own;
        }
        MemoryLayout layout = current.function().argumentLayouts().get(index);
        long address = current.address(index, frame);
        if (address != 0) {
            return MemorySegment.ofAddress(address).reinterpret(layout.byteSize(), own, null);
        }
        MemorySegment copy = own.allocate(layout);
        current.copyArgument(index, frame, copy.address());
        return copy;
    }

    /**
     * Sets the result. The last call counts.
     *
     * @param value what native code gets
     * @throws IllegalArgumentException if the function's result is of another type
     * @throws IllegalStateException if the call is over
     */
    public void setReturn(boolean value) {
        resultIs(Carrier.BOOLEAN).returnInteger(frame, value ? 1 : 0);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(byte value) {
        resultIs(Carrier.BYTE).returnInteger(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(short value) {
        resultIs(Carrier.SHORT).returnInteger(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(char value) {
        resultIs(Carrier.CHAR).returnInteger(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(int value) {
        resultIs(Carrier.INT).returnInteger(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(long value) {
        resultIs(Carrier.LONG).returnInteger(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(float value) {
        boolean isWidened = plan().result() == Carrier.WIDENED_FLOAT;
        resultIs(isWidened ? Carrier.WIDENED_FLOAT : Carrier.FLOAT).returnFloat(frame, value);
    }

    /** Sets the result, as {@link #setReturn(boolean)} does. */
    public void setReturn(double value) {
        resultIs(Carrier.DOUBLE).returnDouble(frame, value);
    }

    /**
     * Sets a result that is a pointer, as {@link #setReturn(boolean)} does.
     *
     * @param address where it points
     */
    public void setReturnPointer(long address) {
        resultIs(Carrier.ADDRESS).returnInteger(frame, address);
    }

    /**
     * Sets a result that is a pointer, a struct, a union or of one of the types of {@link NativeLayouts}, as {@link #setReturn(boolean)} does.
     *
     * @param value where a pointer points; otherwise the content, which is copied, at least as large as the result's layout
     * @throws IllegalArgumentException if the function's result is of another type, or {@code value} is too small, or on the heap and the result a pointer
     */
    public void setReturn(MemorySegment value) {
        Objects.requireNonNull(value, "value");
        CallPlan current = plan();
        if (current.result() == Carrier.ADDRESS) {
            if (!value.isNative()) {
                throw new IllegalArgumentException(
                        "Heap segment not allowed: it cannot be returned as a pointer; allocate it from an Arena");
            }
            setReturnPointer(value.address());
            return;
        }
        resultIs(Carrier.SEGMENT);
        GroupLayout layout = (GroupLayout) current.function().returnLayout().orElseThrow();
        if (value.byteSize() < layout.byteSize()) {
            throw new IllegalArgumentException("a segment of %s bytes cannot be returned as %s, which has %s"
                    .formatted(value.byteSize(), layout, layout.byteSize()));
        }
        if (value.isNative()) {
            // Reading it says whether it may be read: its arena may be closed, or another thread's.
            if (layout.byteSize() > 0) {
                value.asSlice(0, layout.byteSize()).get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0);
            }
            current.returnSegment(frame, value.address());
        } else {
            try (Arena own = Arena.ofConfined()) {
                current.returnSegment(frame,
                        own.allocate(layout).copyFrom(value.asSlice(0, layout.byteSize())).address());
            }
        }
    }

    /** Reads an argument of any type, boxed. */
    Object get(int index) {
        return switch (plan().carrier(index)) {
            case BOOLEAN -> getBoolean(index);
            case BYTE -> getByte(index);
            case SHORT -> getShort(index);
            case CHAR -> getChar(index);
            case INT -> getInt(index);
            case LONG -> getLong(index);
            case FLOAT, WIDENED_FLOAT -> getFloat(index);
            case DOUBLE -> getDouble(index);
            case ADDRESS -> getAddress(index);
            case SEGMENT -> getSegment(index);
        };
    }

    /**
     * Sets a result of the function's type, boxed; any, null included, if the function has none.
     *
     * @throws ClassCastException if it is of another type
     * @throws NullPointerException if it is null, and the function has a result
     */
    void setBoxed(@Nullable Object result) {
        Carrier carrier = plan().result();
        if (carrier == null) {
            return;
        }
        Object value = Objects.requireNonNull(result, "a callback returned null");
        switch (carrier) {
            case BOOLEAN -> setReturn((boolean) value);
            case BYTE -> setReturn((byte) value);
            case SHORT -> setReturn((short) value);
            case CHAR -> setReturn((char) value);
            case INT -> setReturn((int) value);
            case LONG -> setReturn((long) value);
            case FLOAT, WIDENED_FLOAT -> setReturn((float) value);
            case DOUBLE -> setReturn((double) value);
            case ADDRESS, SEGMENT -> setReturn((MemorySegment) value);
        }
    }

    private CallPlan plan() {
        CallPlan current = plan;
        if (current == null) {
            throw isOver();
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
        CallPlan current = plan();
        Carrier own = current.result();
        if (own != carrier) {
            throw new IllegalArgumentException("the result is %s and was set as a %s: %s".formatted(
                    own == null ? "nothing" : "a " + own.describe(), carrier.describe(), current.function()));
        }
        isAnswered = true;
        return current;
    }

    private static IllegalStateException isOver() {
        return new IllegalStateException(
                "the call is over; arguments can be read until the handler returns, by the thread that was called");
    }
}
