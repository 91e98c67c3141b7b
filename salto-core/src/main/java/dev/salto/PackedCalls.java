// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.CallPlan;
import dev.salto.internal.os.Memory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Calls of an {@link ArgumentHandler} through a gate: what the gate has received goes into memory, from which the handler reads it as it reads a caller's registers. */
@SuppressWarnings("UnusedMethod") // they are reached through method handles
final class PackedCalls {
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

    private final CallInterface callInterface;
    private final CallPlan plan;

    private PackedCalls(CallInterface callInterface) {
        this.callInterface = callInterface;
        this.plan = CallPlan.packed(callInterface.function());
    }

    /** A method handle that takes a handler, as an {@code Object}, and what native code passes. */
    static MethodHandle invoker(CallInterface callInterface) {
        return new PackedCalls(callInterface).invoker();
    }

    private MethodHandle invoker() {
        FunctionDescriptor function = callInterface.function();
        MethodType types = function.toMethodType();
        Class<?> result = types.returnType();
        // (Arguments, handler) -> result, then with the arguments behind, each of which is stored first.
        MethodHandle calling = find("call" + name(result),
                MethodType.methodType(result, PackedCalls.class, Arguments.class, Object.class)).bindTo(this);
        MethodHandle all = MethodHandles.dropArguments(calling, 2, types.parameterList());
        for (int i = 0; i < types.parameterCount(); i++) {
            Class<?> type = types.parameterType(i);
            MethodHandle put = MethodHandles.insertArguments(
                    find("put", MethodType.methodType(void.class, int.class, Arguments.class, type)), 0,
                    i * CallPlan.PACKED_SLOT);
            // Takes Arguments, the handler, the arguments before this one, and this one.
            MethodHandle placed = MethodHandles.dropArguments(
                    MethodHandles.dropArguments(put, 1, types.parameterList().subList(0, i)), 1, Object.class);
            all = MethodHandles.foldArguments(all, placed);
        }
        MethodHandle begin = find("begin", MethodType.methodType(Arguments.class, PackedCalls.class)).bindTo(this);
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
            return type.parameterCount() > 0 && type.parameterType(0) == PackedCalls.class
                    ? HERE.findVirtual(PackedCalls.class, name, type.dropParameterTypes(0, 1))
                    : HERE.findStatic(PackedCalls.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    private Arguments begin() {
        return Arguments.beginPacked(callInterface, plan);
    }

    private static void put(int offset, Arguments arguments, boolean value) {
        Memory.setLong(arguments.frame() + offset, value ? -1 : 0);
    }

    private static void put(int offset, Arguments arguments, byte value) {
        Memory.setByte(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, short value) {
        Memory.setShort(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, char value) {
        Memory.setShort(arguments.frame() + offset, (short) value);
    }

    private static void put(int offset, Arguments arguments, int value) {
        Memory.setInt(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, long value) {
        Memory.setLong(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, float value) {
        Memory.setFloat(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, double value) {
        Memory.setDouble(arguments.frame() + offset, value);
    }

    private static void put(int offset, Arguments arguments, MemorySegment value) {
        Memory.setWord(arguments.frame() + offset, value.address());
    }

    private void callVoid(Arguments arguments, Object handler) {
        long _ = call(arguments, handler);
    }

    private boolean callBoolean(Arguments arguments, Object handler) {
        return Memory.getWord(call(arguments, handler)) != 0;
    }

    private byte callByte(Arguments arguments, Object handler) {
        return (byte) Memory.getWord(call(arguments, handler));
    }

    private short callShort(Arguments arguments, Object handler) {
        return (short) Memory.getWord(call(arguments, handler));
    }

    private char callChar(Arguments arguments, Object handler) {
        return (char) Memory.getWord(call(arguments, handler));
    }

    private int callInt(Arguments arguments, Object handler) {
        return (int) Memory.getWord(call(arguments, handler));
    }

    private long callLong(Arguments arguments, Object handler) {
        return Memory.getLong(call(arguments, handler));
    }

    private float callFloat(Arguments arguments, Object handler) {
        return Memory.getFloat(call(arguments, handler));
    }

    private double callDouble(Arguments arguments, Object handler) {
        return Memory.getDouble(call(arguments, handler));
    }

    private MemorySegment callSegment(Arguments arguments, Object handler) {
        long result = call(arguments, handler);
        return plan.returnsInMemory()
                ? MemorySegment.ofAddress(result)
                        .reinterpret(callInterface.function().returnLayout().orElseThrow().byteSize())
                : MemorySegment.ofAddress(Memory.getWord(result));
    }

    /** Calls the handler, and returns where its result is. */
    private long call(Arguments arguments, Object handler) {
        long result = plan.packedResult(arguments.frame());
        try {
            ((ArgumentHandler) handler).call(arguments);
        } finally {
            arguments.end();
        }
        return result;
    }
}
