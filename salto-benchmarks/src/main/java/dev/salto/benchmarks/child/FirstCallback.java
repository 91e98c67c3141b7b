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
 * Has a callback answer as soon as the JVM can, and prints {@link #ANSWERED} then, for the parent
 * to take the time; then creates one of another type. Native code for the call is the JDK's linker,
 * for all peers, so that those that do without it otherwise have its start in their time.
 */
public final class FirstCallback {
    /** What it prints when the first callback has answered. */
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
