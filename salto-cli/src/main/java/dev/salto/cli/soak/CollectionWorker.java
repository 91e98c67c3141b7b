// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Collects garbage now and then. */
final class CollectionWorker implements Worker {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Ledger ledger;
    private long last = System.nanoTime();

    CollectionWorker(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void round() {
        LockSupport.parkNanos(PAUSE);
        if (System.nanoTime() - last >= INTERVAL) {
            System.gc();
            ledger.add(Work.COLLECTION, 1);
            last = System.nanoTime();
        }
    }
}
