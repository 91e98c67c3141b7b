// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.Statistics;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.LoaderCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntBinaryOperator;

/**
 * Native code calls function pointers while it holds a lock of the dynamic loader, and other
 * threads load libraries, bind, and call closed closures. The first argument is the source of the
 * calls: {@code iterating} or {@code loading}. The second is the target: {@code closed} closures,
 * or an open one that binds so many that tables are {@code added}. The third is the reaction to
 * calls of closed closures: the default policy, {@code report}, or a {@code handler}.
 */
public final class LoaderLock {
    private static final int SECONDS = 10;
    private static final int ROUNDS = 30;
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** As many as need another table now and then. */
    private static final int MANY = 1_000;

    /**
     * Long enough for another thread to wait for the loader's lock, which it tries to take all the
     * time.
     */
    private static final int MILLISECONDS = 10;

    private final ClosureType<IntBinaryOperator> typed = ClosureType.of(IntBinaryOperator.class, BINARY);
    private final CallInterface dynamic = Steps.callInterface(3);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch haveRunOnce = new CountDownLatch(4);
    private final AtomicLong staleCalls = new AtomicLong();
    private volatile boolean isOver;

    /** An interface of its own, so that no other closure gets the same address. */
    interface Closed extends IntBinaryOperator {}

    /** Something that one of several threads does again and again. */
    private interface Part {
        void run() throws Throwable;
    }

    private LoaderLock() {}

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        new LoaderLock().run(arguments[0].equals("iterating"), arguments[1].equals("closed"),
                arguments[2].equals("handler"));
    }

    private void run(boolean isIterating, boolean areClosed, boolean hasHandler) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        List<Closure<?>> kept = new ArrayList<>();
        Closure<IntBinaryOperator> pause = typed.bind((_, _) -> pause());
        Closure<IntBinaryOperator> bindMany = typed.bind((_, _) -> {
            bindMany(kept);
            return 0;
        });
        MemorySegment closed = closed();
        if (hasHandler) {
            Salto.override(ClosureOption.onUseAfterFree(use -> {
                // One thread at a time, as handlers do that write.
                synchronized (heard) {
                    heard.add(use + " " + use.caller());
                }
            }));
        }
        // Logging loads libraries. And the JVM looks up each native method at its first call, and
        // holds up all threads for that.
        callClosed(closed);
        Statistics before = Salto.statistics();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment add = functions(arena, Callers.add());
            call(isIterating, add);
            pause();
            List<Thread> threads = List.of(
                    start("loads libraries", () -> LoaderCalls.whileLoading(add, 1, 1, 1)),
                    start("looks up functions", LoaderLock::lookUp),
                    start("binds", this::bindAndCloseMany),
                    // Not all calls are logged, and those that this test is about should be.
                    start("calls closed closures", hasHandler ? () -> callClosed(closed) : this::bindAndCloseMany));
            haveRunOnce.await();
            MemorySegment functions = areClosed
                    ? functions(arena, pause.address(), closed)
                    : functions(arena, pause.address(), bindMany.address());
            for (int i = 0; i < ROUNDS; i++) {
                staleCalls.addAndGet(areClosed ? 1 : 0);
                call(isIterating, functions);
            }
            isOver = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
        kept.forEach(Closure::close);
        Statistics after = Salto.statistics();
        pause.close();
        bindMany.close();
        for (Throwable failure : failures) {
            failure.printStackTrace(System.out);
        }
        System.out.println("missed=" + (staleCalls.get() - after.usesAfterFree()));
        System.out.println("left=" + (after.bound() - after.closed() - before.bound() + before.closed()));
        System.out.println("unheard=" + (hasHandler ? staleCalls.get() - heard.size() : 0));
        System.out.println(failures.isEmpty() ? "done=all answers were right" : "failed");
    }

    private static void call(boolean isIterating, MemorySegment functions) {
        long count = functions.byteSize() / ADDRESS.byteSize();
        long _ = isIterating
                ? LoaderCalls.whileIterating(functions, count, count, 1)
                : LoaderCalls.whileLoading(functions, count, count, 1);
    }

    private static MemorySegment functions(Arena arena, MemorySegment... functions) {
        MemorySegment array = arena.allocate(ADDRESS, functions.length);
        for (int i = 0; i < functions.length; i++) {
            array.setAtIndex(ADDRESS, i, functions[i]);
        }
        return array;
    }

    private Thread start(String name, Part part) {
        return Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                part.run();
                haveRunOnce.countDown();
                while (!isOver) {
                    part.run();
                }
            } catch (Throwable e) {
                failures.add(e);
            }
        });
    }

    private static void lookUp() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup("libm.so.6", arena).findOrThrow("cos");
        }
    }

    private static MemorySegment closed() {
        ClosureType<Closed> type = ClosureType.of(MethodHandles.lookup(), Closed.class, BINARY);
        try (Closure<Closed> closure = type.bind((_, _) -> 1)) {
            return closure.address();
        }
    }

    private void callClosed(MemorySegment closed) {
        staleCalls.incrementAndGet();
        if (Callers.callRepeatedly(closed, 1, 1) != 0) {
            throw new AssertionError("a closed closure answers");
        }
    }

    private int pause() {
        try {
            Thread.sleep(MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
        return 0;
    }

    private void bindMany(List<Closure<?>> closures) {
        for (int i = 0; i < MANY; i++) {
            closures.add(typed.bind((a, _) -> a));
            closures.add(dynamic.bind((ArgumentHandler) arguments -> arguments.setReturn(1)));
        }
    }

    private void bindAndCloseMany() {
        List<Closure<?>> closures = new ArrayList<>();
        bindMany(closures);
        closures.forEach(Closure::close);
    }
}
