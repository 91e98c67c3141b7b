// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.ArgumentHandler;
import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.StaticLinker;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes and calls closures of many types without gates. It prints the number of classes and the
 * size of the code that the JVM has made for them. For the interpreter only, which makes no code
 * of its own.
 */
public final class WithoutGates {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MemoryLayout PAIR = MemoryLayout.structLayout(LONG_LONG, DOUBLE);

    private static final List<SignatureCallers> C = SignatureCallers.atEachLevel();

    private static int answered;

    /** A C function and the type of the callback that it calls. */
    private record Call(String caller, FunctionDescriptor function) {}

    private WithoutGates() {}

    public static void main(String[] arguments) throws Throwable {
        Salto.initialize();
        List<Call> calls = calls();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(256, 16);
            // Classes for the program itself: its handlers, its downcall, the beans.
            use(new Call("ints_2", BINARY), result);
            answered = 0;
            long[] first = measure();
            long[] before = measure();
            for (Call call : calls) {
                use(call, result);
            }
            long[] after = measure();
            System.out.println("types=" + calls.size());
            System.out.println("answered=" + answered);
            System.out.println("classes=" + (after[0] - before[0]));
            System.out.println("code=" + (after[1] - before[1]));
            System.out.println("gates=" + Salto.statistics().gates());
            System.out.println("settled=" + (first[0] <= before[0]));
        }
        System.out.println("type=" + refusal(() -> ClosureType.<IntBinaryOperator>of(IntBinaryOperator.class, BINARY)));
        System.out.println("stub=" + refusal(() -> StaticLinker.nativeLinker().upcallStub(
                MethodHandles.constant(int.class, 1), FunctionDescriptor.of(JAVA_INT), Arena.global())));
    }

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (int count = 0; count <= 8; count++) {
            MemoryLayout[] ints = new MemoryLayout[count];
            java.util.Arrays.fill(ints, JAVA_INT);
            calls.add(new Call("ints_" + count, FunctionDescriptor.of(JAVA_INT, ints)));
        }
        calls.add(new Call("nothing", FunctionDescriptor.ofVoid()));
        calls.add(new Call("narrow", FunctionDescriptor.of(JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_SHORT, JAVA_CHAR,
                JAVA_BOOLEAN, JAVA_BOOLEAN)));
        calls.add(new Call("floats", FunctionDescriptor.of(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT)));
        calls.add(new Call("floats_and_doubles", FunctionDescriptor.of(DOUBLE, JAVA_FLOAT, DOUBLE, JAVA_FLOAT, DOUBLE,
                JAVA_INT, JAVA_FLOAT)));
        calls.add(new Call("pointers", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS)));
        calls.add(new Call("struct_long_double", FunctionDescriptor.of(PAIR, PAIR, LONG_LONG, DOUBLE)));
        return calls;
    }

    private static void use(Call call, MemorySegment result) {
        CallInterface type = CallInterface.prepare(call.function());
        CallHandler boxed = (_, arguments) -> {
            answered++;
            return answer(call.function(), arguments);
        };
        ArgumentHandler direct = arguments -> answered += arguments.count() >= 0 ? 1 : 0;
        try (Closure<CallHandler> first = type.bindBoxed(boxed); Closure<ArgumentHandler> second = type.bind(direct)) {
            for (SignatureCallers level : C) {
                level.call(call.caller(), first.address(), result);
                level.call(call.caller(), second.address(), result);
            }
        }
    }

    /** The first argument of the result's type. */
    private static @Nullable Object answer(FunctionDescriptor function, Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (function.argumentLayouts().get(i).equals(function.returnLayout().orElse(null))) {
                return arguments[i];
            }
        }
        return 0;
    }

    private static long[] measure() {
        long code = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            code += pool.getName().startsWith("Code") ? pool.getUsage().getUsed() : 0;
        }
        return new long[]{ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(), code};
    }

    private interface Step {
        Object take() throws Throwable;
    }

    private static String refusal(Step step) throws Throwable {
        try {
            return "not refused: " + step.take();
        } catch (UnsupportedOperationException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
