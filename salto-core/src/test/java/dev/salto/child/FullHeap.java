// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.ClosureOption;
import dev.salto.Salto;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Binds and closes closures while the heap is full but for a few bytes, a different number each
 * time. The argument says which types it uses: {@code single}, {@code busy} or {@code growing}.
 */
public final class FullHeap {
    private static final int SECONDS = 20;

    /** Each costs some collections. */
    private static final int FAILURES_EACH_FILLING = 30;
    private static final int FILLINGS = 5;

    /**
     * The largest number of blocks of 24 bytes to free at a time, for an object or two, or for a
     * part of a table.
     */
    private static final int FEW = 4;
    private static final int MANY = 60;
    private static final int SMALL_BLOCKS = FAILURES_EACH_FILLING * MANY;

    /** Of the blocks that fill the rest. */
    private static final int[] SIZES = {1 << 16, 1 << 10, 1};

    private final @Nullable Object[] blocks = new @Nullable Object[100_000];
    private final Random random = new Random(1);
    private int count;
    private int freed;
    private int failures;

    private FullHeap() {}

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        FullHeap heap = new FullHeap();
        TimeLimit.runFirst(heap::freeAll);
        Steps steps = switch (arguments[0]) {
            case "single" -> {
                Steps single = Steps.ofSingleClosures();
                for (int i = 0; i < 5; i++) {
                    heap.bind(single, FEW);
                    heap.closeAll(single);
                }
                heap.bind(single, FEW);
                yield single;
            }
            case "busy" -> {
                Steps busy = Steps.ofBusyTypes();
                while (busy.left() > 3 * busy.count() / 4) {
                    busy.bindNext();
                }
                heap.bind(busy, FEW);
                yield busy;
            }
            default -> {
                Steps growing = Steps.ofGrowingTypes();
                heap.bind(growing, MANY);
                yield growing;
            }
        };
        System.out.println("failures=" + heap.failures);
        steps.check();
        heap.closeAll(steps);
        steps.check();
        steps.useOnAnotherThread();
        steps.check();
        System.out.println("done=all answers were right");
    }

    private void bind(Steps steps, int mostBlocks) {
        for (int filling = 0; filling < FILLINGS && steps.left() > 0; filling++) {
            fill();
            for (int i = 0; i < FAILURES_EACH_FILLING; i++) {
                freeSmallBlocks(1 + random.nextInt(mostBlocks));
                bindUntilOneFails(steps);
            }
            freeAll();
        }
        bindUntilOneFails(steps);
        steps.settle();
    }

    private void bindUntilOneFails(Steps steps) {
        try {
            while (steps.left() > 0) {
                steps.bindNext();
            }
        } catch (OutOfMemoryError _) {
            failures++;
        }
    }

    /** Closes all closures, while there is no memory at all unless too many fail. */
    private void closeAll(Steps steps) {
        fill();
        int before = failures;
        while (steps.left() < steps.count()) {
            try {
                steps.closeLast();
            } catch (OutOfMemoryError _) {
                failures++;
            }
            if (failures == before + FAILURES_EACH_FILLING) {
                freeAll();
            }
        }
        freeAll();
        steps.settle();
    }

    private void fill() {
        while (count < SMALL_BLOCKS) {
            blocks[count++] = new byte[1];
        }
        for (int size : SIZES) {
            fillWith(size);
        }
    }

    private void fillWith(int size) {
        try {
            while (true) {
                blocks[count] = new byte[size];
                count++;
            }
        } catch (OutOfMemoryError _) {
            // It is full.
        }
    }

    private void freeSmallBlocks(int number) {
        for (int i = 0; i < number && freed < SMALL_BLOCKS; i++) {
            blocks[freed++] = null;
        }
    }

    private void freeAll() {
        Arrays.fill(blocks, null);
        count = 0;
        freed = 0;
    }
}
