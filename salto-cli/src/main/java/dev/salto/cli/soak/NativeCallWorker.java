// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntBinaryOperator;

/**
 * Changes the targets of function pointers while native threads, new ones in each round, call
 * them. Nobody else has closures of its type.
 */
abstract class NativeCallWorker implements Worker {
    private static final VarHandle POINTER = ADDRESS.varHandle();
    private static final int POSITIONS = 16;
    private static final int CALLS = 6_000 * POSITIONS;

    /** The changes end a little before the calls, of which some may not be counted. */
    private static final double ALMOST_ALL = 0.95;
    private static final long LONGEST_ROUND = TimeUnit.SECONDS.toNanos(2);

    /** The first argument of calls of this thread; those of native threads have their numbers. */
    private static final int FROM_HERE = -1;

    /** The closures that are rebound. */
    interface Rebound extends IntBinaryOperator {}

    /** The closures that are closed, and new ones put in their places. */
    interface Replaced extends IntBinaryOperator {}

    /** The target of the function pointer at a position, for a time. */
    final class Target implements Rebound, Replaced {
        private final int position;
        private final int version;

        private Target(int position) {
            this.position = position;
            this.version = ++versions[position];
        }

        @Override
        public int applyAsInt(int caller, int call) {
            int answer = answer(call);
            if (caller != FROM_HERE) {
                callers.called(caller, position, call, version, answer);
            }
            return answer;
        }

        private int answer(int call) {
            return version * POSITIONS + position + call;
        }
    }

    private final Class<? super Target> functionalInterface;
    private final ClosureType<Target> type;
    private final SplittableRandom random;
    private final Ledger ledger;
    private final StaleCalls stale;
    private final MemorySegment functions = Arena.ofAuto().allocate(ADDRESS, POSITIONS);
    private final List<Closure<Target>> closures = new ArrayList<>();
    private final int[] versions = new int[POSITIONS];
    private volatile NativeCallers callers = new NativeCallers(POSITIONS, CALLS);

    /** How many calls of closed closures this thread has made. */
    private long staleCallsFromHere;

    NativeCallWorker(Class<? super Target> functionalInterface, SplittableRandom random, Ledger ledger,
            StaleCalls stale) {
        this.functionalInterface = functionalInterface;
        this.random = random;
        this.ledger = ledger;
        this.stale = stale;
        this.type = ClosureType.of(MethodHandles.lookup(), functionalInterface,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        Room.make(type, new Target(0), POSITIONS + 1, ledger);
        for (int position = 0; position < POSITIONS; position++) {
            closures.add(bind(position, new Target(position)));
        }
    }

    /** Makes the function pointer at a position lead to another target. */
    abstract void change(int position, Target target);

    /** How many changes there are in a round. */
    abstract int changes();

    /** Whether {@link #change} closes closures. */
    abstract boolean closes();

    final Ledger ledger() {
        return ledger;
    }

    final Closure<Target> closure(int position) {
        return closures.get(position);
    }

    /** Puts a new closure in the place of one, which stays open. */
    final void replace(int position, Target target) {
        closures.set(position, bind(position, target));
    }

    private Closure<Target> bind(int position, Target target) {
        Closure<Target> closure = type.bind(target);
        POINTER.setRelease(functions, position * ADDRESS.byteSize(), closure.address());
        return closure;
    }

    /** Calls the function pointer of a closure that was closed. */
    final void callClosed(MemorySegment function) {
        ledger.called("a closed closure", Callers.callRepeatedly(function, 1, FROM_HERE), 0);
        staleCallsFromHere++;
    }

    @Override
    public final void round() {
        long noticedBefore = stale.count(functionalInterface);
        staleCallsFromHere = 0;
        callers = new NativeCallers(POSITIONS, CALLS);
        long missing = callers.run(functions, this::makeChanges, ledger);
        if (missing != 0 && !closes()) {
            ledger.wrong("%d calls of open closures reached no callback".formatted(missing));
        }
        long calls = missing + staleCallsFromHere;
        ledger.add(Work.STALE_CALL, calls);
        long noticed = stale.count(functionalInterface) - noticedBefore;
        if (noticed != calls) {
            ledger.wrong(
                    "%d calls of closed closures were noticed, but %d reached no callback".formatted(noticed, calls));
        }
    }

    /** Spreads the changes evenly over the calls of the native threads. */
    private void makeChanges() {
        long start = System.nanoTime();
        int changes = changes();
        for (int i = 0; i < changes; i++) {
            while (!callers.isPast(ALMOST_ALL * i / changes) && System.nanoTime() - start < LONGEST_ROUND) {
                LockSupport.parkNanos(1);
            }
            int position = random.nextInt(POSITIONS);
            Target target = new Target(position);
            change(position, target);
            ledger.called("a function pointer that was changed",
                    Callers.callRepeatedly(closure(position).address(), 1, FROM_HERE), target.answer(0));
        }
    }

    @Override
    public final void close() {
        closures.forEach(Closure::close);
        ledger.add(Work.CYCLE, closures.size());
    }
}
