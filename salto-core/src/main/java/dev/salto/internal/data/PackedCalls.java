// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.os.Memory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Calls, through a gate, of handlers that read their arguments themselves. The gate has received
 * the arguments as Java values. They are written to memory, from which the handler reads them as it
 * reads a caller's registers.
 */
@SuppressWarnings("UnusedMethod") // they are reached through method handles
public final class PackedCalls {
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

    private final CallPlan plan;
    private final Handlers handlers;

    private PackedCalls(FunctionDescriptor function, Handlers handlers) {
        this.plan = CallPlan.packed(function);
        this.handlers = handlers;
    }

    /** Calls handlers, with objects through which they read their arguments. */
    public interface Handlers {
        /** Begins a call, and returns the object through which its handler reads the arguments. */
        Object begin(CallPlan packed);

        /** The address of the memory for the arguments. */
        long frame(Object arguments);

        /** Calls a handler. */
        void call(Object handler, Object arguments);

        /** Ends a call. */
        void end(Object arguments);
    }

    /** A method handle that takes a handler, as an {@code Object}, and what native code passes. */
    public static MethodHandle invoker(FunctionDescriptor function, Handlers handlers) {
        return new PackedCalls(function, handlers).invoker();
    }

    private MethodHandle invoker() {
        FunctionDescriptor function = plan.function();
        MethodType types = function.toMethodType();
        Class<?> result = types.returnType();
        // (Arguments, handler) -> result, then with the arguments behind, each of which is stored
        // first.
        MethodHandle calling = find("call" + name(result),
                MethodType.methodType(result, PackedCalls.class, Object.class, Object.class)).bindTo(this);
        MethodHandle all = MethodHandles.dropArguments(calling, 2, types.parameterList());
        for (int i = 0; i < types.parameterCount(); i++) {
            Class<?> type = types.parameterType(i);
            MethodHandle put = MethodHandles.insertArguments(
                    find("put", MethodType.methodType(void.class, PackedCalls.class, int.class, Object.class, type))
                            .bindTo(this),
                    0,
                    i * CallPlan.PACKED_SLOT);
            // Takes Arguments, the handler, the arguments before this one, and this one.
            MethodHandle placed = MethodHandles.dropArguments(
                    MethodHandles.dropArguments(put, 1, types.parameterList().subList(0, i)), 1, Object.class);
            all = MethodHandles.foldArguments(all, placed);
        }
        MethodHandle begin = find("begin", MethodType.methodType(Object.class, PackedCalls.class)).bindTo(this);
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

    private Object begin() {
        return handlers.begin(plan);
    }

    private void put(int offset, Object arguments, boolean value) {
        Memory.setLong(handlers.frame(arguments) + offset, value ? -1 : 0);
    }

    private void put(int offset, Object arguments, byte value) {
        Memory.setByte(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, short value) {
        Memory.setShort(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, char value) {
        Memory.setShort(handlers.frame(arguments) + offset, (short) value);
    }

    private void put(int offset, Object arguments, int value) {
        Memory.setInt(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, long value) {
        Memory.setLong(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, float value) {
        Memory.setFloat(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, double value) {
        Memory.setDouble(handlers.frame(arguments) + offset, value);
    }

    private void put(int offset, Object arguments, MemorySegment value) {
        Memory.setWord(handlers.frame(arguments) + offset, value.address());
    }

    private void callVoid(Object arguments, Object handler) {
        long _ = call(arguments, handler);
    }

    private boolean callBoolean(Object arguments, Object handler) {
        return Memory.getWord(call(arguments, handler)) != 0;
    }

    private byte callByte(Object arguments, Object handler) {
        return (byte) Memory.getWord(call(arguments, handler));
    }

    private short callShort(Object arguments, Object handler) {
        return (short) Memory.getWord(call(arguments, handler));
    }

    private char callChar(Object arguments, Object handler) {
        return (char) Memory.getWord(call(arguments, handler));
    }

    private int callInt(Object arguments, Object handler) {
        return (int) Memory.getWord(call(arguments, handler));
    }

    private long callLong(Object arguments, Object handler) {
        return Memory.getLong(call(arguments, handler));
    }

    private float callFloat(Object arguments, Object handler) {
        return Memory.getFloat(call(arguments, handler));
    }

    private double callDouble(Object arguments, Object handler) {
        return Memory.getDouble(call(arguments, handler));
    }

    private MemorySegment callSegment(Object arguments, Object handler) {
        long result = call(arguments, handler);
        return plan.returnsInMemory()
                ? MemorySegment.ofAddress(result)
                        .reinterpret(plan.function().returnLayout().orElseThrow().byteSize())
                : MemorySegment.ofAddress(Memory.getWord(result));
    }

    /** Calls the handler, and returns where its result is. */
    private long call(Object arguments, Object handler) {
        long result = plan.packedResult(handlers.frame(arguments));
        try {
            handlers.call(handler, arguments);
        } finally {
            handlers.end(arguments);
        }
        return result;
    }
}
