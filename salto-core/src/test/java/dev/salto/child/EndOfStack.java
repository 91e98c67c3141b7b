// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.ClosureOption;
import dev.salto.Salto;
import java.util.ArrayList;
import java.util.List;

/**
 * Binds, rebinds and closes closures where the stack ends. A thread recurses until there is no
 * room, and takes one step at each depth on the way back. The argument says which types it uses:
 * {@code single}, {@code busy} or {@code traced}.
 */
public final class EndOfStack {
    private static final int SECONDS = 20;
    private static final int STACK = 256 << 10;

    /** How many steps are taken near each end of the stack, and in all. */
    private static final int STEPS = 100;
    private static final int ALL_STEPS = 5_000;

    private final Steps steps;
    private int stepsLeft;
    private int overflows;

    private EndOfStack(Steps steps) {
        this.steps = steps;
    }

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        List<Throwable> failures = new ArrayList<>();
        Thread thread = new Thread(null, () -> {
            Steps steps = switch (arguments[0]) {
                case "single" -> Steps.ofSingleClosures();
                case "busy" -> Steps.ofBusyTypes();
                default -> Steps.ofTracedTypes();
            };
            new EndOfStack(steps).run();
        }, "at the end of the stack", STACK);
        thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
        thread.start();
        thread.join();
        if (!failures.isEmpty()) {
            throw new AssertionError("at the end of the stack", failures.getFirst());
        }
        System.out.println("done=all answers were right");
    }

    private void run() {
        for (int i = 0; i < ALL_STEPS; i++) {
            steps.takeAny();
        }
        steps.settle();
        for (int i = 0; i < ALL_STEPS / STEPS; i++) {
            stepsLeft = STEPS;
            descend(i % 8);
            steps.settle();
        }
        System.out.println("overflows=" + overflows);
        steps.check();
        try {
            steps.useOnAnotherThread();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
        steps.check();
    }

    /**
     * Moves the frames that follow a little each time, so that the stack ends at other places of
     * them.
     */
    private void descend(int wider) {
        if (wider > 0) {
            descendWider(wider - 1, 1, 2);
        } else {
            descend();
        }
    }

    private void descendWider(int wider, long one, long two) {
        descend(wider);
        stepsLeft += (int) (one + two) - 3;
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
                steps.takeAny();
            } catch (StackOverflowError _) {
                overflows++;
            }
        }
    }
}
