// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;

/**
 * Binds closures to arenas, thousands to each, which are closed at once. Nobody else has closures
 * of its type.
 */
final class ArenaWorker implements Worker {
    private static final int MOST = 5_000;

    private interface InArena extends IntBinaryOperator {}

    private final ClosureType<InArena> type = ClosureType.of(MethodHandles.lookup(), InArena.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private final MemorySegment functions = Arena.ofAuto().allocate(ADDRESS, MOST);
    private final MemorySegment results = Arena.ofAuto().allocate(JAVA_INT, MOST);
    private final SplittableRandom random;
    private final Ledger ledger;

    ArenaWorker(SplittableRandom random, Ledger ledger) {
        this.random = random;
        this.ledger = ledger;
        Room.make(type, (_, _) -> 1, MOST, ledger);
    }

    @Override
    public void round() {
        // With so few, all later calls are noticed, because no slot is used again before.
        int fewer = Math.min(Room.QUARANTINE, MOST);
        boolean few = random.nextBoolean();
        int count = few ? random.nextInt(fewer + 1) : random.nextInt(fewer, MOST + 1);
        int own = random.nextInt(1, 1 << 20);
        MemorySegment last = MemorySegment.NULL;
        try (Arena arena = random.nextBoolean() ? Arena.ofConfined() : Arena.ofShared()) {
            for (int i = 0; i < count; i++) {
                int number = own * 31 + i;
                last = type.bind((a, b) -> a + b + number, arena);
                functions.setAtIndex(ADDRESS, i, last);
            }
            Callers.callEach(functions, count, 4, results);
            for (int i = 0; i < count; i++) {
                ledger.called("a closure of an arena", results.getAtIndex(JAVA_INT, i), 4 + i + own * 31 + i);
            }
        }
        ledger.add(Work.CYCLE, count);
        ledger.add(Work.ARENA, 1);
        if (count > 0 && last.scope().isAlive()) {
            ledger.wrong("a function pointer outlived its arena");
        }
        if (few) {
            callClosed(count);
        }
    }

    private void callClosed(int count) {
        Callers.callEach(functions, count, 4, results);
        for (int i = 0; i < count; i++) {
            ledger.called("a closure of a closed arena", results.getAtIndex(JAVA_INT, i), 0);
        }
        ledger.add(Work.STALE_CALL, count);
    }
}
