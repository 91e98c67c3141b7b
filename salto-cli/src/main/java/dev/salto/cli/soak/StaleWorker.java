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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;

/**
 * Calls closures after they were closed: each call has to get zero and to be noticed. Nobody else
 * has closures of its type.
 */
final class StaleWorker implements Worker {
    /** So few that none of the slots is used again before it was called. */
    private static final int MOST = Math.min(500, Room.QUARANTINE);

    private interface Stale extends IntBinaryOperator {}

    private final ClosureType<Stale> type = ClosureType.of(MethodHandles.lookup(), Stale.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private final MemorySegment functions = Arena.ofAuto().allocate(ADDRESS, MOST);
    private final MemorySegment results = Arena.ofAuto().allocate(JAVA_INT, MOST);
    private final SplittableRandom random;
    private final Ledger ledger;
    private final StaleCalls stale;

    StaleWorker(SplittableRandom random, Ledger ledger, StaleCalls stale) {
        this.random = random;
        this.ledger = ledger;
        this.stale = stale;
        Room.make(type, (_, _) -> 1, MOST, ledger);
    }

    @Override
    public void round() {
        int count = random.nextInt(MOST + 1);
        int own = random.nextInt(1, 1 << 30);
        List<Closure<Stale>> closures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            closures.add(type.bind((a, b) -> a + b + own));
            functions.setAtIndex(ADDRESS, i, closures.getLast().address());
        }
        Callers.callEach(functions, count, 3, results);
        for (int i = 0; i < count; i++) {
            ledger.called("an open closure", results.getAtIndex(JAVA_INT, i), 3 + i + own);
        }
        closures.forEach(Closure::close);
        ledger.add(Work.CYCLE, count);

        long before = stale.count(Stale.class);
        Callers.callEach(functions, count, 3, results);
        for (int i = 0; i < count; i++) {
            ledger.called("a closed closure", results.getAtIndex(JAVA_INT, i), 0);
        }
        stale.made(count, Stale.class, before, "closed closures", ledger);
    }
}
