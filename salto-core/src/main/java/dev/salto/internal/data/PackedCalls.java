// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.ThreadMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Calls handlers that read their arguments themselves, through a gate. The gate has received the
 * arguments as Java values. They are written to memory, and the handler reads them there like a
 * caller's registers.
 */
@SuppressWarnings("UnusedMethod") // they are reached through method handles
public final class PackedCalls {
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

    private final CallPlan plan;
    private final HandlerCall call;

    private PackedCalls(FunctionDescriptor function, HandlerCall call) {
        this.plan = CallPlan.packed(function);
        this.call = call;
    }

    /**
     * A method handle that takes a handler, as an {@code Object}, the closure's id, and the native
     * arguments.
     */
    public static MethodHandle invoker(FunctionDescriptor function, HandlerCall call) {
        return new PackedCalls(function, call).invoker();
    }

    private MethodHandle invoker() {
        FunctionDescriptor function = plan.function();
        MethodType types = function.toMethodType();
        Class<?> result = types.returnType();
        // (memory, handler, id) -> result; then the arguments follow, and each is stored first.
        MethodHandle calling = find("call" + name(result),
                MethodType.methodType(result, PackedCalls.class, ThreadMemory.class, Object.class, int.class))
                .bindTo(this);
        MethodHandle all = MethodHandles.dropArguments(calling, 3, types.parameterList());
        for (int i = 0; i < types.parameterCount(); i++) {
            Class<?> type = types.parameterType(i);
            MethodHandle put = MethodHandles.insertArguments(
                    find("put",
                            MethodType.methodType(void.class, PackedCalls.class, int.class, ThreadMemory.class, type))
                            .bindTo(this),
                    0,
                    i * CallPlan.PACKED_SLOT);
            // Takes the memory, the handler, the id, the arguments before this one, and this one.
            MethodHandle placed = MethodHandles.dropArguments(
                    MethodHandles.dropArguments(put, 1, types.parameterList().subList(0, i)), 1, Object.class,
                    int.class);
            all = MethodHandles.foldArguments(all, placed);
        }
        MethodHandle begin = find("begin", MethodType.methodType(ThreadMemory.class, PackedCalls.class)).bindTo(this);
        return MethodHandles.foldArguments(all, begin);
    }

    private static String name(Class<?> result) {
        if (result == MemorySegment.class) {
            return "Segment";
        }
        String name = result.getName();
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            return HERE.findVirtual(PackedCalls.class, name, type.dropParameterTypes(0, 1));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    private ThreadMemory begin() {
        ThreadMemory memory = ThreadMemory.ofThread(plan.packedSize());
        plan.beginPacked(memory.address());
        return memory;
    }

    private void put(int offset, ThreadMemory memory, boolean value) {
        Memory.setLong(memory.address() + offset, value ? -1 : 0);
    }

    private void put(int offset, ThreadMemory memory, byte value) {
        Memory.setByte(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, short value) {
        Memory.setShort(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, char value) {
        Memory.setShort(memory.address() + offset, (short) value);
    }

    private void put(int offset, ThreadMemory memory, int value) {
        Memory.setInt(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, long value) {
        Memory.setLong(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, float value) {
        Memory.setFloat(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, double value) {
        Memory.setDouble(memory.address() + offset, value);
    }

    private void put(int offset, ThreadMemory memory, MemorySegment value) {
        Memory.setWord(memory.address() + offset, value.address());
    }

    private void callVoid(ThreadMemory memory, Object handler, int id) {
        long _ = call(memory, handler, id);
    }

    private boolean callBoolean(ThreadMemory memory, Object handler, int id) {
        return Memory.getWord(call(memory, handler, id)) != 0;
    }

    private byte callByte(ThreadMemory memory, Object handler, int id) {
        return (byte) Memory.getWord(call(memory, handler, id));
    }

    private short callShort(ThreadMemory memory, Object handler, int id) {
        return (short) Memory.getWord(call(memory, handler, id));
    }

    private char callChar(ThreadMemory memory, Object handler, int id) {
        return (char) Memory.getWord(call(memory, handler, id));
    }

    private int callInt(ThreadMemory memory, Object handler, int id) {
        return (int) Memory.getWord(call(memory, handler, id));
    }

    private long callLong(ThreadMemory memory, Object handler, int id) {
        return Memory.getLong(call(memory, handler, id));
    }

    private float callFloat(ThreadMemory memory, Object handler, int id) {
        return Memory.getFloat(call(memory, handler, id));
    }

    private double callDouble(ThreadMemory memory, Object handler, int id) {
        return Memory.getDouble(call(memory, handler, id));
    }

    private MemorySegment callSegment(ThreadMemory memory, Object handler, int id) {
        long result = call(memory, handler, id);
        return plan.returnsInMemory()
                ? MemorySegment.ofAddress(result)
                        .reinterpret(plan.function().returnLayout().orElseThrow().byteSize())
                : MemorySegment.ofAddress(Memory.getWord(result));
    }

    /** Calls the handler, and returns the address of its result. */
    private long call(ThreadMemory memory, Object handler, int id) {
        long frame = memory.address();
        try {
            memory.enter();
            call.call(handler, id, plan, frame);
        } finally {
            memory.leave();
        }
        return plan.packedResult(frame);
    }
}
