// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Binds, rebinds and closes closures while the heap is full but for a few bytes. It runs in a
 * process of its own with a small heap, because other workers need memory. It prints how many steps
 * it has done, and each fault. It ends with 1 if there was any.
 */
public final class FullHeap {
    private static final int FILLINGS = 3;
    private static final int STEPS = 100;
    private static final int[] SIZES = {1 << 16, 1 << 10, 1};

    /** The size of the blocks that leave room for an object or two. */
    private static final int SMALL = 16;

    private @Nullable Block blocks;

    /** Takes memory, and keeps the blocks before it. */
    private static final class Block {
        @SuppressWarnings("UnusedVariable") // it only takes memory
        private final byte[] content;

        private final @Nullable Block next;

        Block(int size, @Nullable Block next) {
            this.content = new byte[size];
            this.next = next;
        }
    }

    private FullHeap() {}

    /**
     * Runs the steps.
     *
     * @param arguments the seed of the steps
     */
    public static void main(String[] arguments) {
        Ledger ledger = new Ledger();
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[0]));
        FullHeap heap = new FullHeap();
        try (FailingSteps steps = new FailingSteps(random, ledger)) {
            for (int i = 0; i < FILLINGS; i++) {
                heap.run(steps, random);
                steps.settle("while the heap was full");
            }
        }
        System.out.println(FILLINGS * STEPS);
        ledger.descriptions().forEach(System.out::println);
        System.exit(ledger.wrongCount() == 0 ? 0 : 1);
    }

    private void run(FailingSteps steps, SplittableRandom random) {
        for (int size : SIZES) {
            fill(size);
        }
        for (int i = 0; i < STEPS; i++) {
            try {
                if (random.nextInt(SMALL) == 0 && blocks != null) {
                    blocks = blocks.next;
                }
                steps.step();
            } catch (OutOfMemoryError _) {
                // It is done again later.
            }
        }
        blocks = null;
    }

    private void fill(int size) {
        try {
            while (true) {
                blocks = new Block(size, blocks);
            }
        } catch (OutOfMemoryError _) {
            // The heap has to be full.
        }
    }
}
