// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.Statistics;
import dev.salto.text.callers.Callers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/**
 * Virtual threads that wait in callbacks in many ways, and then bind and close closures there,
 * while other threads bind and close elsewhere. In a callback a virtual thread cannot leave its
 * carrier. With the argument {@code jdk}, closures are upcall stubs of the JDK.
 */
public final class VirtualThreads {
    private static final int SECONDS = 20;
    private static final int THREADS = 30;
    private static final int ROUNDS = 40;

    /** So many nanoseconds are long enough for gates to be made in the background. */
    private static final long HOT = 500_000_000;

    private static final int PLATFORM_THREADS = 4;
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** More than a table has, now and then. */
    private static final int MANY = 4_000;

    /**
     * Held by threads in callbacks, which keep their carrier, and by platform threads: so whoever
     * holds it can go on.
     */
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Object MONITOR = new Object();

    /** Held by virtual threads that are in no callback. */
    private static final ReentrantLock OUTSIDE = new ReentrantLock();

    private static final Queue<Throwable> FAILURES = new ConcurrentLinkedQueue<>();

    private static volatile boolean isOver;

    /** Something to be closed that has a function pointer, and may be bound to another object. */
    private record Open(MemorySegment function, Consumer<IntBinaryOperator> rebind, Runnable close) {}

    /** A way to bind. */
    private interface Binder {
        Open bind(IntBinaryOperator target);
    }

    private final Binder[] binders;
    private final int many;

    private VirtualThreads(int many, Binder... binders) {
        this.many = many;
        this.binders = binders;
    }

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        VirtualThreads program = arguments[0].equals("jdk")
                ? new VirtualThreads(MANY / 100, VirtualThreads::stub)
                : salto();
        Statistics before = Salto.statistics();
        program.run();
        for (Throwable failure : FAILURES) {
            failure.printStackTrace(System.out);
        }
        Statistics after = Salto.statistics();
        System.out.println("bound=" + (after.bound() - before.bound()));
        System.out.println("left=" + (after.bound() - after.closed() - before.bound() + before.closed()));
        System.out.println(FAILURES.isEmpty() ? "done=all answers were right" : "failed");
    }

    private static VirtualThreads salto() {
        ClosureType<IntBinaryOperator> typed = ClosureType.of(IntBinaryOperator.class, BINARY);
        CallInterface dynamic = Steps.callInterface(7);
        return new VirtualThreads(MANY, target -> {
            Closure<IntBinaryOperator> closure = typed.bind(target);
            return new Open(closure.address(), closure::rebind, closure::close);
        }, target -> {
            Closure<ArgumentHandler> closure = dynamic.bind(handler(target));
            return new Open(closure.address(), other -> closure.rebind(handler(other)), closure::close);
        }, target -> {
            long address = typed.bindAddress(target);
            return new Open(MemorySegment.ofAddress(address), other -> typed.rebindAddress(address, other),
                    () -> typed.closeAddress(address));
        });
    }

    private static ArgumentHandler handler(IntBinaryOperator target) {
        return arguments -> arguments.setReturn(target.applyAsInt(arguments.getInt(0), arguments.getInt(1)));
    }

    /** A stub cannot be bound to another object. */
    private static Open stub(IntBinaryOperator target) {
        try {
            MethodHandle handle = MethodHandles.lookup().findVirtual(IntBinaryOperator.class, "applyAsInt",
                    BINARY.toMethodType()).bindTo(target);
            Arena arena = Arena.ofConfined();
            return new Open(Linker.nativeLinker().upcallStub(handle, BINARY, arena), _ -> {}, arena::close);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the interface has its method", e);
        }
    }

    private void run() throws InterruptedException {
        callHotClasses();
        List<Thread> virtual = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            virtual.add(Thread.ofVirtual().unstarted(() -> guarded(() -> callBack(number))));
            virtual.add(Thread.ofVirtual().unstarted(() -> guarded(() -> bindOutside(number))));
        }
        List<Thread> platform = new ArrayList<>();
        for (int i = 0; i < PLATFORM_THREADS; i++) {
            int number = i;
            platform.add(Thread.ofPlatform().daemon().start(() -> guarded(() -> bindManyAndHoldLocks(number))));
        }
        virtual.forEach(thread -> TimeLimit.watch(thread).start());
        for (Thread thread : virtual) {
            thread.join();
        }
        isOver = true;
        for (Thread thread : platform) {
            thread.join();
        }
    }

    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            FAILURES.add(e);
        }
    }

    private void callBack(int number) {
        for (int round = 0; round < ROUNDS; round++) {
            int kind = (number + round) % 4;
            useSome(2, 1, (a, _) -> {
                wait(kind);
                useSome(20, number, (c, _) -> c + number, number);
                return a + number;
            }, number);
        }
    }

    /** Binds some closures, calls the first one, and closes them. */
    private void useSome(int count, int first, IntBinaryOperator target, int added) {
        List<Open> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            open.add(binders[(first + i) % binders.length].bind(target));
        }
        int answer = Callers.callRepeatedly(open.getFirst().function(), 1, 5);
        if (Thread.currentThread().isVirtual()) {
            open.forEach(one -> one.rebind().accept((a, _) -> -a));
        }
        open.forEach(one -> one.close().run());
        if (answer != 5 + added) {
            throw new AssertionError("%d instead of %d".formatted(answer, 5 + added));
        }
    }

    private static void wait(int kind) {
        switch (kind) {
            case 0 -> sleep();
            case 1 -> {
                LOCK.lock();
                try {
                    LockSupport.parkNanos(100_000);
                } finally {
                    LOCK.unlock();
                }
            }
            case 2 -> {
                synchronized (MONITOR) {
                    LockSupport.parkNanos(100_000);
                }
            }
            default -> readFile();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
    }

    private static void readFile() {
        try {
            if (Files.readString(Path.of("/proc/self/stat")).isEmpty()) {
                throw new AssertionError("an empty file");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel has this file", e);
        }
    }

    private void bindOutside(int number) {
        for (int round = 0; round < ROUNDS; round++) {
            useSome(many / 20, number, (a, _) -> a + number, number);
            OUTSIDE.lock();
            try {
                useSome(2, number, (a, _) -> a - number, -number);
            } finally {
                OUTSIDE.unlock();
            }
        }
    }

    /** Calls objects of several classes so often that Salto may make gates for them. */
    private void callHotClasses() {
        List<IntBinaryOperator> targets = List.of((a, _) -> a + 1, (a, _) -> a + 2, (a, _) -> a + 3, (a, _) -> a + 4);
        List<Open> open = Stream.of(binders).flatMap(binder -> targets.stream().map(binder::bind)).toList();
        long end = System.nanoTime() + HOT;
        while (System.nanoTime() < end) {
            for (Open one : open) {
                int _ = Callers.callRepeatedly(one.function(), 1_000, 0);
            }
        }
        open.forEach(one -> one.close().run());
    }

    private void bindManyAndHoldLocks(int number) {
        while (!isOver) {
            LOCK.lock();
            try {
                Thread.onSpinWait();
            } finally {
                LOCK.unlock();
            }
            useSome(many, number, (a, _) -> a + number, number);
            synchronized (MONITOR) {
                Thread.onSpinWait();
            }
        }
    }
}
