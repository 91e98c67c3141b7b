// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.SplittableRandom;

/** Binds, rebinds and closes closures where the stack of a thread ends. */
final class EndOfStackWorker implements Worker {
    private static final int STACK = 256 << 10;
    private static final int STEPS = 200;

    private final FailingSteps steps;
    private final Ledger ledger;
    private int stepsLeft;

    EndOfStackWorker(SplittableRandom random, Ledger ledger) {
        this.steps = new FailingSteps(random, ledger);
        this.ledger = ledger;
    }

    @Override
    public void round() {
        stepsLeft = STEPS;
        Thread thread = new Thread(null, this::descend, "at the end of a stack", STACK);
        thread.setUncaughtExceptionHandler((_, e) -> ledger.wrong("at the end of a stack: " + e));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts workers", e);
        }
        steps.settle("at the end of a stack");
        ledger.add(Work.END_OF_STACK, STEPS - stepsLeft);
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError _) {
            // Steps begin here.
        }
        if (stepsLeft > 0) {
            stepsLeft--;
            try {
                steps.step();
            } catch (StackOverflowError _) {
                // It is done again later.
            }
        }
    }

    @Override
    public void close() {
        steps.close();
    }
}
