// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.SplittableRandom;

/**
 * Rebinds closures while native threads call them: each call reaches the old object or the new one.
 */
final class RebindWorker extends NativeCallWorker {
    RebindWorker(SplittableRandom random, Ledger ledger, StaleCalls stale) {
        super(Rebound.class, random, ledger, stale);
    }

    @Override
    void change(int position, Target target) {
        closure(position).rebind(target);
        ledger().add(Work.REBIND, 1);
    }

    @Override
    int changes() {
        return 30_000;
    }

    @Override
    boolean closes() {
        return false;
    }
}
