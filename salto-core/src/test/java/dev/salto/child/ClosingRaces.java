// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Salto;
import dev.salto.Statistics;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.function.IntBinaryOperator;

/**
 * Two threads use the same closures at the same time, and at least one of them closes them.
 * Meanwhile garbage is collected, so that their types are collected, too. Anything that they throw
 * but {@link IllegalStateException} is an error.
 */
public final class ClosingRaces {
    private static final int SECONDS = 20;
    private static final int ROUNDS = 20;
    private static final int TYPES = 4;
    private static final int CLOSURES = 500;

    /** A type of a class that can be unloaded. */
    interface Raced extends IntBinaryOperator {}

    private static final List<Consumer<Closure<Raced>>> USES = List.of(Closure::close,
            closure -> closure.rebind((a, b) -> a + b), Closure::address, ClosingRaces::describe);

    private static final Queue<Throwable> FAILURES = new ConcurrentLinkedQueue<>();

    private static volatile boolean isOver;

    private ClosingRaces() {}

    public static void main(String[] arguments) throws Exception {
        TimeLimit.start(SECONDS);
        Statistics before = Salto.statistics();
        Thread collector = Thread.ofPlatform().start(() -> {
            while (!isOver) {
                System.gc();
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            race(USES.get(round % USES.size()));
        }
        isOver = true;
        collector.join();
        for (Throwable failure : FAILURES) {
            failure.printStackTrace(System.out);
        }
        Statistics after = Salto.statistics();
        System.out.println("left=" + (after.bound() - after.closed() - before.bound() + before.closed()));
        System.out.println(FAILURES.isEmpty() ? "done=all answers were right" : "failed");
    }

    private static void race(Consumer<Closure<Raced>> use) throws Exception {
        List<Closure<Raced>> closures = bind();
        CyclicBarrier barrier = new CyclicBarrier(2);
        Thread other = Thread.ofPlatform().start(() -> useAll(closures, barrier, use));
        useAll(closures, barrier, Closure::close);
        other.join();
        closures.forEach(Closure::close);
    }

    private static void describe(Closure<Raced> closure) {
        if (!closure.toString().startsWith("Closure[")) {
            throw new AssertionError(closure.toString());
        }
    }

    /** Closures of types that nobody keeps. */
    private static List<Closure<Raced>> bind() {
        List<Closure<Raced>> closures = new ArrayList<>();
        for (int i = 0; i < TYPES; i++) {
            ClosureType<Raced> type = ClosureType.of(MethodHandles.lookup(), Raced.class,
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                    ClosureOption.onException(ExceptionPolicy.handleBy(_ -> 0)));
            for (int j = 0; j < CLOSURES; j++) {
                closures.add(type.bind((a, _) -> a));
            }
        }
        return closures;
    }

    private static void useAll(List<Closure<Raced>> closures, CyclicBarrier barrier, Consumer<Closure<Raced>> use) {
        try {
            barrier.await();
            for (Closure<Raced> closure : closures) {
                try {
                    use.accept(closure);
                } catch (IllegalStateException _) {
                    // It is closed.
                }
            }
        } catch (Throwable e) {
            FAILURES.add(e);
        }
    }
}
