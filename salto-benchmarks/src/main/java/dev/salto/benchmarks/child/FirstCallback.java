// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.benchmarks.peers.Shape;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/**
 * Calls a callback as soon as the JVM can, and prints {@link #ANSWERED}, so that the parent
 * measures the time. Then it creates one of another type. All peers call through the JDK's linker,
 * so its start is part of every peer's time.
 */
public final class FirstCallback {
    /** The message after the answer of the first callback. */
    public static final String ANSWERED = "answered";

    private FirstCallback() {}

    /**
     * Measures.
     *
     * @param arguments the peer
     */
    public static void main(String[] arguments) throws Throwable {
        Callbacks<?> callbacks = Peer.valueOf(arguments[0]).callbacks(1);
        callbacks.open(0, 1);
        MethodHandle call = Linker.nativeLinker().downcallHandle(callbacks.function(0),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        int answer = (int) call.invokeExact(6, 7);
        if (answer != 6 + 7) {
            throw new IllegalStateException("the answer was ".concat(Integer.toString(answer)));
        }
        System.out.println(ANSWERED);
        System.out.flush();

        long start = System.nanoTime();
        var second = callbacks.open(Shape.EIGHT_INTS);
        long nanoseconds = System.nanoTime() - start;
        if (!Shape.EIGHT_INTS.answersRight(second)) {
            throw new IllegalStateException("the second signature's answer was wrong");
        }
        Message.sample(Figure.SECOND_SIGNATURE, (double) nanoseconds / TimeUnit.MILLISECONDS.toNanos(1));
        // Some libraries leave threads behind; and no halt, because a JVM that writes an AOT cache
        // does so when it ends in order.
        System.exit(0);
    }
}
