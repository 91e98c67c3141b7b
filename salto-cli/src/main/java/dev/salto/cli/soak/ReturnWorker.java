// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.TrampolineTable;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;

/**
 * Binds whole tables of closures and closes them all, so that each garbage collection empties
 * tables, which are used again later. It calls every function pointer that it ever got, whether the
 * closure is open, closed, or in an empty table. Nobody else has closures of its type.
 */
final class ReturnWorker implements Worker {
    private static final int MOST = 5 * TrampolineTable.capacity();

    /** Most rounds have few closures, so that tables stay gone for a while. */
    private static final int FEW = 200;
    private static final int ROUNDS_WITH_FEW = 20;

    private static final int CALLS = 500;

    private interface Returned extends IntBinaryOperator {}

    private final ClosureType<Returned> type = ClosureType.of(MethodHandles.lookup(), Returned.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /**
     * All function pointers so far. With quarantine and partly filled tables, there are at most
     * twice as many as are ever open.
     */
    private final MemorySegment functions = Arena.ofAuto().allocate(ADDRESS, 2L * MOST);

    /** Their places. */
    private final Map<MemorySegment, Integer> places = new HashMap<>();

    /** Those whose closures are open, by their places. */
    private final BitSet open = new BitSet(2 * MOST);

    private final MemorySegment results = Arena.ofAuto().allocate(JAVA_INT, CALLS);
    private final SplittableRandom random;
    private final Ledger ledger;
    private final StaleCalls stale;

    ReturnWorker(SplittableRandom random, Ledger ledger, StaleCalls stale) {
        this.random = random;
        this.ledger = ledger;
        this.stale = stale;
        Room.make(type, (_, _) -> 1, MOST, ledger);
    }

    @Override
    public void round() {
        int most = random.nextInt(ROUNDS_WITH_FEW) == 0 ? MOST : FEW;
        int count = random.nextInt(most + 1);
        int own = random.nextInt(1, 1 << 20);
        List<Closure<Returned>> closures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Closure<Returned> closure = type.bind((a, b) -> a + b + own);
            closures.add(closure);
            open.set(place(closure.address()));
        }
        call(own);
        closures.forEach(Closure::close);
        open.clear();
        ledger.add(Work.CYCLE, count);
        call(own);
    }

    private int place(MemorySegment function) {
        return places.computeIfAbsent(function, _ -> {
            int place = places.size();
            functions.setAtIndex(ADDRESS, place, function);
            return place;
        });
    }

    /** Calls some that follow each other, wherever they begin. */
    private void call(int own) {
        int first = random.nextInt(places.size() + 1);
        int count = Math.min(CALLS, places.size() - first);
        long before = stale.count(Returned.class);
        Callers.callEach(functions.asSlice(first * ADDRESS.byteSize()), count, 5, results);
        int closed = 0;
        for (int i = 0; i < count; i++) {
            boolean isOpen = open.get(first + i);
            closed += isOpen ? 0 : 1;
            ledger.called(isOpen ? "a closure among tables that come and go" : "a closed closure among them",
                    results.getAtIndex(JAVA_INT, i), isOpen ? 5 + i + own : 0);
        }
        stale.made(closed, Returned.class, before, "closed closures of tables that come and go", ledger);
    }
}
