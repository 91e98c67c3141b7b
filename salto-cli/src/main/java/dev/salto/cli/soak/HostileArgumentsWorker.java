// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.Arguments;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.Tier;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps arguments beyond their call, uses them in another thread, and returns structs from arenas
 * that another thread closes at that moment.
 */
final class HostileArgumentsWorker implements Worker {
    private static final int CALLS = 200;
    private static final int KEPT = 3;

    /** So large that the system takes its memory back at once. */
    private static final StructLayout LARGE = MemoryLayout
            .structLayout(MemoryLayout.sequenceLayout(1 << 16, JAVA_INT));

    private static final FunctionDescriptor SOURCE = FunctionDescriptor.of(LARGE);

    private final Deque<Arguments> kept = new ArrayDeque<>();
    private final Closure<ArgumentHandler> sum;
    private final Closure<ArgumentHandler> source;
    private final MethodHandle callSource;
    private final SegmentAllocator result = SegmentAllocator.prefixAllocator(Arena.ofAuto().allocate(LARGE));
    private final SplittableRandom random;
    private final Ledger ledger;
    private volatile @Nullable Arguments current;
    private volatile MemorySegment shared = MemorySegment.NULL;
    private volatile boolean isOver;

    HostileArgumentsWorker(SplittableRandom random, Ledger ledger) {
        this.random = random;
        this.ledger = ledger;
        sum = CallInterface
                .prepare(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ClosureOption.tier(Tier.DATA_DRIVEN))
                .bind(this::add);
        source = CallInterface.prepare(SOURCE, ClosureOption.tier(Tier.DATA_DRIVEN)).bind(this::returnShared);
        callSource = Linker.nativeLinker().downcallHandle(source.address(), SOURCE);
        ledger.add(Work.CYCLE, 2);
    }

    private void add(Arguments arguments) {
        kept.forEach(each -> requireRefused(each, IllegalStateException.class));
        if (kept.size() == KEPT) {
            kept.remove();
        }
        kept.add(arguments);
        current = arguments;
        arguments.setReturn(arguments.getInt(0) + arguments.getInt(1));
    }

    private void requireRefused(Arguments arguments, Class<? extends RuntimeException> reason) {
        try {
            arguments.setReturn(arguments.getInt(0));
            ledger.wrong("arguments were used where a %s was due".formatted(reason.getSimpleName()));
        } catch (RuntimeException e) {
            if (!reason.isInstance(e)) {
                ledger.wrong("%s instead of a %s".formatted(e, reason.getSimpleName()));
            }
        }
    }

    private void returnShared(Arguments arguments) {
        try {
            arguments.setReturn(shared);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // Its arena is closed, or not yet there. The result is zero.
        }
    }

    @Override
    public void round() {
        int filling = random.nextInt(1, Byte.MAX_VALUE);
        isOver = false;
        Thread other = Thread.ofPlatform().daemon().start(() -> disturb((byte) filling));
        try {
            ledger.called("a handler that keeps its arguments", Callers.callRepeatedly(sum.address(), CALLS, 5),
                    5 + CALLS * (CALLS - 1) / 2);
            for (int i = 0; i < CALLS; i++) {
                MemorySegment struct = (MemorySegment) callSource.invokeExact(result);
                int first = struct.get(JAVA_INT, 0);
                ledger.called("a handler whose struct goes",
                        struct.get(JAVA_INT, LARGE.byteSize() - JAVA_INT.byteSize()),
                        first);
            }
        } catch (Throwable e) {
            ledger.wrong("a handler whose struct goes: " + e);
        } finally {
            isOver = true;
            join(other);
        }
    }

    private void disturb(byte filling) {
        while (!isOver) {
            Arguments arguments = current;
            if (arguments != null) {
                requireRefused(arguments, WrongThreadException.class);
            }
            try (Arena arena = Arena.ofShared()) {
                shared = arena.allocate(LARGE).fill(filling);
                Thread.onSpinWait();
            }
        }
    }

    private void join(Thread thread) {
        // The JVM interrupts a thread that reads when the arena is closed.
        boolean _ = Thread.interrupted();
        try {
            thread.join();
        } catch (InterruptedException e) {
            ledger.wrong("nobody interrupts a worker");
        }
    }

    @Override
    public void close() {
        sum.close();
        source.close();
    }
}
