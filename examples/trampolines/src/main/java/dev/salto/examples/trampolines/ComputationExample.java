// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.Trampoline;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Code plus data for a computation: a function {@code double (*)(double)} whose expression is known
 * only at run time. A compiler would write machine code for it. Here, the instructions are data,
 * and the code that runs them is static. No Java runs while native code calls it.
 */
public final class ComputationExample implements AutoCloseable {
    /** {@code struct instruction}. */
    private static final MemoryLayout INSTRUCTION = MemoryLayout.structLayout(JAVA_LONG, JAVA_DOUBLE);
    /** The place of {@code evaluate_program} for numbers. */
    private static final int STACK = 16;

    private static final int END = 0;
    private static final int X = 1;
    private static final int NUMBER = 2;
    private static final int ADD = 3;
    private static final int SUBTRACT = 4;
    private static final int MULTIPLY = 5;

    private static final MethodHandle INTEGRATE = Targets.link("integrate",
            FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS, JAVA_DOUBLE, JAVA_DOUBLE, JAVA_INT));

    /** Also keeps replaced programs, which a thread may still run. */
    private final Arena arena = Arena.ofShared();
    private final Trampoline function = Trampoline.allocate();

    /**
     * Makes a function.
     *
     * @param expression as for {@link #replace}
     */
    public ComputationExample(String expression) {
        replace(expression);
    }

    /**
     * Replaces the expression. Native code keeps the function pointer. Only the data changes, in
     * one word. So a call on another thread runs the old program or the new one, never a mixture.
     *
     * @param expression in reverse Polish notation: {@code "x x * 1 +"} is x² + 1
     * @throws IllegalArgumentException if it is none
     */
    public void replace(String expression) {
        function.set(Targets.address("evaluate"), compile(expression));
    }

    /** {@return the function's integral, by native code that calls the function for each step} */
    public double integral(double from, double to, int steps) {
        return Callbacks.callAndRethrow(RuntimeException.class,
                () -> (double) INTEGRATE.invokeExact(function.address(), from, to, steps));
    }

    /** Checks the whole program, so that the code that runs it need not check anything. */
    private MemorySegment compile(String expression) {
        String[] words = expression.trim().split("\\s+", -1);
        MemorySegment program = arena.allocate(INSTRUCTION, words.length + 1L);
        int depth = 0;
        for (int i = 0; i < words.length; i++) {
            int operation = operation(words[i]);
            boolean isPushed = operation == X || operation == NUMBER;
            depth += isPushed ? 1 : -1;
            if (depth < 1 || depth > STACK) {
                throw new IllegalArgumentException("%s: '%s' finds %s".formatted(expression, words[i],
                        depth < 1 ? "too few numbers" : "more numbers than %d".formatted(STACK)));
            }
            set(program, i, operation, operation == NUMBER ? Double.parseDouble(words[i]) : 0);
        }
        if (depth != 1) {
            throw new IllegalArgumentException("%s: %d numbers are left over".formatted(expression, depth - 1));
        }
        set(program, words.length, END, 0);
        return program;
    }

    private static int operation(String word) {
        return switch (word) {
            case "x" -> X;
            case "+" -> ADD;
            case "-" -> SUBTRACT;
            case "*" -> MULTIPLY;
            default -> NUMBER;
        };
    }

    private static void set(MemorySegment program, int index, long operation, double number) {
        program.set(JAVA_LONG, index * INSTRUCTION.byteSize(), operation);
        program.set(JAVA_DOUBLE, index * INSTRUCTION.byteSize() + JAVA_LONG.byteSize(), number);
    }

    @Override
    public void close() {
        function.close();
        arena.close();
    }

    /** Integrates an expression, and then another one in its place. */
    public static void main(String[] arguments) {
        try (ComputationExample function = new ComputationExample("x x * 1 +")) {
            System.out.printf("x x * 1 +  from 0 to 3: %.3f%n", function.integral(0, 3, 10_000));
            function.replace("2 x *");
            System.out.printf("2 x *      from 0 to 3: %.3f%n", function.integral(0, 3, 10_000));
        }
    }
}
