// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Binds, rebinds and closes closures where the stack of a thread ends, so that each step may fail anywhere. Once there is room again, what failed is
 * done again, and each closure answers as it should.
 */
final class EndOfStackWorker implements Worker {
    private static final int STACK = 256 << 10;
    private static final int CLOSURES = 50;
    private static final int STEPS = 200;

    private interface Deep extends IntBinaryOperator {}

    private record Numbered(int number) implements Deep {
        @Override
        public int applyAsInt(int a, int b) {
            return number;
        }
    }

    private final ClosureType<Deep> type = ClosureType.of(MethodHandles.lookup(), Deep.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private final Slot[] slots = new Slot[CLOSURES];
    private int stepsLeft;
    private int bound;
    private int rebound;
    private long chance;

    /** Steps only store into its fields, which does not fail. */
    private static final class Slot {
        final Numbered first;
        final Numbered second;
        @Nullable
        Closure<Deep> closure;
        boolean isSecond;
        boolean isClosing;

        Slot(int number) {
            first = new Numbered(2 * number + 1);
            second = new Numbered(2 * number + 2);
        }
    }

    private final Ledger ledger;

    EndOfStackWorker(SplittableRandom random, Ledger ledger) {
        this.chance = random.nextLong();
        this.ledger = ledger;
        for (int i = 0; i < CLOSURES; i++) {
            slots[i] = new Slot(i);
        }
        Room.make(type, slots[0].first, CLOSURES, ledger);
    }

    @Override
    public void round() {
        stepsLeft = STEPS;
        bound = 0;
        rebound = 0;
        Thread thread = new Thread(null, this::descend, "at the end of a stack", STACK);
        thread.setUncaughtExceptionHandler((_, e) -> ledger.wrong("at the end of a stack: " + e));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts workers", e);
        }
        for (Slot slot : slots) {
            settle(slot);
        }
        ledger.add(Work.CYCLE, bound);
        ledger.add(Work.REBIND, rebound);
        ledger.add(Work.END_OF_STACK, STEPS - stepsLeft);
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError _) {
            // Steps begin here.
        }
        if (stepsLeft > 0) {
            stepsLeft--;
            try {
                step();
            } catch (StackOverflowError _) {
                // It is done again later.
            }
        }
    }

    private void step() {
        chance = chance * 6364136223846793005L + 1442695040888963407L;
        Slot slot = slots[(int) ((chance >>> 33) % CLOSURES)];
        Closure<Deep> closure = slot.closure;
        if (closure == null) {
            slot.closure = type.bind(slot.first);
            bound++;
        } else if (!slot.isClosing && (chance & 1 << 20) == 0) {
            slot.isSecond = true;
            closure.rebind(slot.second);
            rebound++;
        } else {
            slot.isClosing = true;
            closure.close();
            // Not by a call, which may fail.
            slot.closure = null;
            slot.isSecond = false;
            slot.isClosing = false;
        }
    }

    /** Does again what may have failed, and calls the closure. */
    private void settle(Slot slot) {
        Closure<Deep> closure = slot.closure;
        if (closure == null) {
            return;
        }
        if (slot.isClosing) {
            closure.close();
            slot.closure = null;
            slot.isSecond = false;
            slot.isClosing = false;
            return;
        }
        if (slot.isSecond) {
            closure.rebind(slot.second);
            rebound++;
        }
        ledger.called("a closure that was changed at the end of a stack",
                Callers.callRepeatedly(closure.address(), 1, 1),
                slot.isSecond ? slot.second.number() : slot.first.number());
    }

    @Override
    public void close() {
        for (Slot slot : slots) {
            if (slot.closure != null) {
                slot.closure.close();
            }
        }
    }
}
