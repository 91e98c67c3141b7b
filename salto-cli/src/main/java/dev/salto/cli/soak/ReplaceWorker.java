// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Puts new closures in the places of others, which it closes while native threads may still call
 * them. Each call reaches the old object or the new one, or gets zero and is noticed.
 */
final class ReplaceWorker extends NativeCallWorker {
    ReplaceWorker(SplittableRandom random, Ledger ledger, StaleCalls stale) {
        super(Replaced.class, random, ledger, stale);
    }

    @Override
    void change(int position, Target target) {
        Closure<Target> old = closure(position);
        MemorySegment function = old.address();
        replace(position, target);
        old.close();
        ledger().add(Work.CYCLE, 1);
        callClosed(function);
    }

    /**
     * Fewer than there are slots in quarantine, so that no slot is used again while a thread has
     * its address.
     */
    @Override
    int changes() {
        return Math.min(300, Room.QUARANTINE - 1);
    }

    @Override
    boolean closes() {
        return true;
    }
}
