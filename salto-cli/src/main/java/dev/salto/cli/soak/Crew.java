// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** All workers, each with its thread. For one thread. */
final class Crew {
    private static final int CHURN_WORKERS = 3;
    private static final long LONGEST_ROUND = TimeUnit.MINUTES.toMillis(1);

    private final Ledger ledger;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isStopping;

    Crew(long seed, Ledger ledger, StaleCalls stale, Growth growth) {
        this.ledger = ledger;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CHURN_WORKERS; i++) {
            workers.add(new ChurnWorker(random.split(), ledger, CHURN_WORKERS));
        }
        workers.add(new RebindWorker(random.split(), ledger, stale));
        workers.add(new ReplaceWorker(random.split(), ledger, stale));
        workers.add(new ArenaWorker(random.split(), ledger));
        workers.add(new StaleWorker(random.split(), ledger, stale));
        workers.add(new ReturnWorker(random.split(), ledger, stale));
        workers.add(new ExceptionWorker(random.split(), ledger));
        workers.add(new ExceptionFloodWorker(ledger));
        workers.add(new HostileArgumentsWorker(random.split(), ledger));
        workers.add(new EndOfStackWorker(random.split(), ledger));
        workers.add(new FullHeapWorker(random.split(), ledger));
        workers.add(new NewTypeWorker(random.split(), ledger, growth));
        workers.add(new FleetingTypeWorker(ledger));
        workers.add(new CollectionWorker(ledger));
    }

    void start() {
        for (Worker worker : workers) {
            threads.add(Thread.ofPlatform().daemon().name(worker.getClass().getSimpleName()).start(() -> run(worker)));
        }
    }

    private void run(Worker worker) {
        try (worker) {
            while (!isStopping) {
                worker.round();
            }
        } catch (Throwable e) { // whatever it is, the soak must not succeed without this worker
            ledger.wrong("%s: %s".formatted(worker.getClass().getSimpleName(), e));
        }
    }

    /** Lets all finish their rounds and close what is open. */
    void stop() throws InterruptedException {
        isStopping = true;
        for (Thread thread : threads) {
            thread.join(LONGEST_ROUND);
            if (thread.isAlive()) {
                ledger.wrong("%s does not end".formatted(thread.getName()));
            }
        }
    }
}
