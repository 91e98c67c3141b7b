// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Peer;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The first closure of one new function type after the other: the first types of a process, and
 * later ones, after JIT compilation.
 */
public final class NewTypes {
    private static final List<MemoryLayout> LAYOUTS = List.of(JAVA_INT, JAVA_DOUBLE, JAVA_LONG, JAVA_FLOAT,
            JAVA_SHORT);

    /**
     * Not counted: the very first ones start the peer itself, for which there are figures of their
     * own.
     */
    private static final int TO_START = 5;

    private static final int FIRST_TYPES = 150;
    private static final int TYPES = 1_500;
    private static final int LAST_TYPES = 300;

    private NewTypes() {}

    /**
     * Measures.
     *
     * @param arguments the peer: Salto's data-driven closures, or the JDK's stubs
     */
    public static void main(String[] arguments) {
        Consumer<FunctionDescriptor> maker = switch (Peer.valueOf(arguments[0])) {
            case SALTO -> salto();
            case JDK -> stubs();
            case Peer other -> throw new IllegalArgumentException(other + " is not compared here");
        };
        List<FunctionDescriptor> functions = IntStream.range(0, TYPES).mapToObj(NewTypes::type).toList();
        double[] nanoseconds = new double[TYPES];
        for (int i = 0; i < TYPES; i++) {
            FunctionDescriptor function = functions.get(i);
            long start = System.nanoTime();
            maker.accept(function);
            nanoseconds[i] = (double) (System.nanoTime() - start);
        }
        for (int i = TO_START; i < TO_START + FIRST_TYPES; i++) {
            Message.sample(Figure.NEW_TYPE, nanoseconds[i]);
        }
        for (int i = TYPES - LAST_TYPES; i < TYPES; i++) {
            Message.sample(Figure.NEW_TYPE_WARM, nanoseconds[i]);
        }
        Runtime.getRuntime().halt(0);
    }

    /** One of many: its arguments' types are the digits of a number. */
    static FunctionDescriptor type(int number) {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT);
        for (int rest = number + 1; rest > 0; rest /= LAYOUTS.size()) {
            function = function.appendArgumentLayouts(LAYOUTS.get(rest % LAYOUTS.size()));
        }
        return function;
    }

    private static Consumer<FunctionDescriptor> salto() {
        ArgumentHandler handler = call -> call.setReturn(7);
        return function -> {
            var _ = CallInterface.prepare(function).bind(handler).address();
        };
    }

    private static Consumer<FunctionDescriptor> stubs() {
        MethodHandle seven = MethodHandles.constant(int.class, 7);
        return function -> {
            MethodHandle target = MethodHandles.dropArguments(seven, 0, function.toMethodType().parameterList());
            var _ = Linker.nativeLinker().upcallStub(target, function, Arena.global());
        };
    }
}
