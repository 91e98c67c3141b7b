// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntBinaryOperator;

/** Makes types that nobody keeps. Once they are collected, later ones use their tables. */
final class FleetingTypeWorker implements Worker {
    private static final int AT_ONCE = 8;
    private static final int CLOSURES = 100;

    /**
     * The tables of some batches of types, because the JVM cleans up after a collection in its own
     * time.
     */
    private static final int BATCHES = 4;

    /** The first collection finds a type without closures, the second one its references. */
    private static final int ENOUGH_COLLECTIONS = 3;
    private static final int TOO_MANY_COLLECTIONS = 20;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private interface Fleeting extends IntBinaryOperator {}

    /** Keeps the gate that all the types share. */
    @SuppressWarnings("UnusedVariable")
    private final ClosureType<Fleeting> kept = type(ExceptionPolicy.returnZero());

    private final List<WeakReference<ClosureType<Fleeting>>> dropped = new ArrayList<>();
    private final Ledger ledger;
    private long collectionsBefore;

    FleetingTypeWorker(Ledger ledger) {
        this.ledger = ledger;
        makeAndDrop(BATCHES * AT_ONCE);
    }

    @Override
    public void round() {
        LockSupport.parkNanos(PAUSE);
        long collections = ledger.count(Work.COLLECTION) - collectionsBefore;
        boolean areCollected = dropped.stream().allMatch(type -> type.refersTo(null));
        if (areCollected && collections >= ENOUGH_COLLECTIONS) {
            // The JVM's cleaner thread needs a moment.
            LockSupport.parkNanos(PAUSE);
            makeAndDrop(AT_ONCE);
        } else if (collections >= TOO_MANY_COLLECTIONS) {
            ledger.wrong("after %d collections there are still closure types that nobody has".formatted(collections));
            makeAndDrop(AT_ONCE);
        }
    }

    private static ClosureType<Fleeting> type(ExceptionPolicy policy) {
        return ClosureType.of(MethodHandles.lookup(), Fleeting.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ClosureOption.onException(policy));
    }

    private void makeAndDrop(int count) {
        List<ClosureType<Fleeting>> types = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // A handler makes a type one of its own.
            types.add(type(ExceptionPolicy.handleBy(_ -> 0)));
        }
        types.forEach(this::use);
        dropped.clear();
        types.forEach(type -> dropped.add(new WeakReference<>(type)));
        ledger.add(Work.TYPE, count);
        collectionsBefore = ledger.count(Work.COLLECTION);
    }

    private void use(ClosureType<Fleeting> type) {
        List<Closure<Fleeting>> closures = new ArrayList<>();
        for (int i = 0; i < CLOSURES; i++) {
            int number = i;
            closures.add(type.bind((a, b) -> a + b + number));
        }
        for (int i = 0; i < CLOSURES; i++) {
            ledger.called("a closure of a new type", Callers.callRepeatedly(closures.get(i).address(), 1, 9), 9 + i);
        }
        closures.forEach(Closure::close);
        ledger.add(Work.CYCLE, CLOSURES);
    }
}
