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
 * Binds, rebinds and closes closures in steps that may fail anywhere for lack of memory. Once there
 * is memory again, failed steps are repeated, and each closure is called. For one thread at a
 * time.
 */
final class FailingSteps implements AutoCloseable {
    private static final int CLOSURES = 50;

    private interface Answering extends IntBinaryOperator {}

    private record Answer(int number) implements Answering {
        @Override
        public int applyAsInt(int a, int b) {
            return number;
        }
    }

    private final ClosureType<Answering> type = ClosureType.of(MethodHandles.lookup(), Answering.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private final Slot[] slots = new Slot[CLOSURES];
    private final Ledger ledger;
    private int bound;
    private int rebound;
    private long chance;

    /** Steps only store into its fields, which does not fail. */
    private static final class Slot {
        final Answer first;
        final Answer second;
        @Nullable
        Closure<Answering> closure;
        boolean isSecond;
        boolean isClosing;

        Slot(int number) {
            first = new Answer(2 * number + 1);
            second = new Answer(2 * number + 2);
        }
    }

    FailingSteps(SplittableRandom random, Ledger ledger) {
        this.chance = random.nextLong();
        this.ledger = ledger;
        for (int i = 0; i < CLOSURES; i++) {
            slots[i] = new Slot(i);
        }
        Room.make(type, slots[0].first, CLOSURES, ledger);
    }

    /** Binds, rebinds or closes a closure. */
    void step() {
        chance = chance * 6364136223846793005L + 1442695040888963407L;
        Slot slot = slots[(int) ((chance >>> 33) % CLOSURES)];
        Closure<Answering> closure = slot.closure;
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

    /**
     * Repeats the steps that may have failed, and calls each closure.
     *
     * @param where the steps were done, for people
     */
    void settle(String where) {
        for (Slot slot : slots) {
            settle(slot, where);
        }
        ledger.add(Work.CYCLE, bound);
        ledger.add(Work.REBIND, rebound);
        bound = 0;
        rebound = 0;
    }

    private void settle(Slot slot, String where) {
        Closure<Answering> closure = slot.closure;
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
        ledger.called("a closure that was changed " + where, Callers.callRepeatedly(closure.address(), 1, 1),
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
