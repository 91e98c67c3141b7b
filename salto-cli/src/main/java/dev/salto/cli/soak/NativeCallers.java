// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.text.callers.NativeThread;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Some native threads that call the same function pointers in turn, each with its own number as the
 * first argument.
 */
final class NativeCallers {
    private static final int THREADS = 3;

    private final int positions;
    private final int callsInRound;
    private final List<Tally> tallies;

    /**
     * Threads that are not started yet.
     *
     * @param positions how many function pointers there are
     * @param calls how many calls each thread makes
     */
    NativeCallers(int positions, int calls) {
        this.positions = positions;
        this.callsInRound = calls;
        this.tallies = IntStream.range(0, THREADS).mapToObj(_ -> new Tally(positions)).toList();
    }

    /**
     * Records a call that reached a callback.
     *
     * @param thread the number of the thread, the call's first argument
     * @param position the callback's own
     * @param call the number of the call, its second argument
     * @param version the callback's own
     * @param answer what native code gets
     */
    void called(int thread, int position, int call, int version, int answer) {
        tallies.get(thread).add(position, call % positions, version, answer);
    }

    /**
     * Whether callbacks have had a part of all calls.
     *
     * @param part from 0 to 1
     */
    boolean isPast(double part) {
        return tallies.stream().mapToLong(tally -> tally.calls.get()).sum() >= part * THREADS * callsInRound;
    }

    /**
     * Runs the threads, and changes things meanwhile.
     *
     * @param functions an array of function pointers
     * @return how many calls reached no callback
     */
    long run(MemorySegment functions, Runnable changes, Ledger ledger) {
        List<NativeThread> threads = IntStream.range(0, THREADS)
                .mapToObj(number -> NativeThread.start(functions, positions, callsInRound, number))
                .toList();
        long missing = 0;
        try {
            changes.run();
        } finally {
            for (int i = 0; i < THREADS; i++) {
                missing += callsInRound - tallies.get(i).check(threads.get(i).join(), ledger);
            }
        }
        ledger.add(Work.NATIVE_THREAD, THREADS);
        ledger.add(Work.CALL, (long) THREADS * callsInRound);
        return missing;
    }

    /**
     * The calls of one native thread, as callbacks see them. That thread writes. Threads that have
     * joined it read; they may read the number of calls at any time.
     */
    private static final class Tally {
        private final int[] lastVersions;
        private final AtomicLong calls = new AtomicLong();
        private long sum;
        private long misdirected;
        private long outdated;

        Tally(int positions) {
            lastVersions = new int[positions];
        }

        synchronized void add(int position, int called, int version, int answer) {
            calls.incrementAndGet();
            sum += answer;
            if (position != called) {
                misdirected++;
            }
            // A thread that has seen a change never sees what was before it.
            if (version < lastVersions[position]) {
                outdated++;
            }
            lastVersions[position] = version;
        }

        /**
         * Compares this with the results in native code.
         *
         * @param received the sum of the results in native code
         * @return how many calls there were
         */
        synchronized long check(long received, Ledger ledger) {
            if (received != sum) {
                ledger.wrong("a native thread got %d, but its callbacks returned %d".formatted(received, sum));
            }
            if (misdirected != 0) {
                ledger.wrong("%d calls of a native thread reached the callback of another function pointer"
                        .formatted(misdirected));
            }
            if (outdated != 0) {
                ledger.wrong("%d calls of a native thread reached an object after a later one".formatted(outdated));
            }
            return calls.get();
        }
    }
}
