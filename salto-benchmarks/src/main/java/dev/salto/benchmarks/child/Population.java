// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Footprint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Keeps many callbacks of one peer live at once. It creates them, measures their memory, and then
 * closes and creates while that many are live. Times are means over everything, garbage
 * collections included.
 */
public final class Population {
    private static final Duration WARM_UP = Duration.ofMillis(700);
    private static final int WARM_UP_BATCH = 1_000;
    private static final int MOST_WARM_UP_BATCHES = 1_000;

    /** Stay open, so that those that are counted are in memory that was not used before. */
    private static final int WARM_UP_KEPT = 50_000;

    /** How many samples a figure gets of one run. */
    private static final int SAMPLES = 3;

    private static final int MILLION = 1_000_000;

    /** The callbacks of the warm-up that stay open. */
    private static final List<Callbacks<?>> KEPT = new ArrayList<>();

    private final Size size;
    private final int step;
    private final int batch;
    private final Duration measuring;
    private final long deadline;
    private final Callbacks<?> callbacks;
    private final int kept;

    private int live;

    private Population(Peer peer, Size size, Duration measuring, Duration cap) {
        this.size = size;
        this.measuring = measuring;
        step = Math.max(size.count() / 100, 1_000);
        kept = warmUp(peer);
        callbacks = peer.callbacks(size.count());
        // One that is closed by the collector needs a collection of everything before each batch
        // that is created.
        batch = callbacks.areClosedByCollector() ? size.count() / 5 : Math.min(size.count() / 10, 10_000);
        deadline = System.nanoTime() + cap.toNanos();
    }

    /**
     * Measures.
     *
     * @param arguments the peer, the size, for how many milliseconds each figure is measured, and
     *     for how many seconds the places are filled at most
     */
    public static void main(String[] arguments) {
        Peer peer = Peer.valueOf(arguments[0]);
        Size size = Size.valueOf(arguments[1]);
        // Printed once where everything works, so that it can be printed where it no longer does.
        new Message.Live(0).send();
        Population population = new Population(peer, size, Duration.ofMillis(Long.parseLong(arguments[2])),
                Duration.ofSeconds(Long.parseLong(arguments[3])));
        population.measure();
        // Without a word of any library's shutdown hooks about what is still open.
        Runtime.getRuntime().halt(0);
    }

    /** Warms up, and says how many stay open. */
    private static int warmUp(Peer peer) {
        Callbacks<?> closed = peer.callbacks(WARM_UP_BATCH);
        long end = System.nanoTime() + WARM_UP.toNanos();
        for (int i = 0; i < MOST_WARM_UP_BATCHES && System.nanoTime() < end; i++) {
            closed.open(0, WARM_UP_BATCH);
            closed.close(0, WARM_UP_BATCH);
        }
        if (closed.areFew()) {
            return 0;
        }
        Callbacks<?> kept = peer.callbacks(WARM_UP_KEPT);
        for (int from = 0; from < WARM_UP_KEPT; from += WARM_UP_BATCH) {
            kept.open(from, from + WARM_UP_BATCH);
        }
        KEPT.add(kept);
        return WARM_UP_KEPT;
    }

    /**
     * Uses as much memory as the callbacks need, and gives it back to the system. A virtual machine
     * may get its memory from the host page by page, at the first access, and lose it again after
     * some seconds. That took 10 to 20 microseconds a page, six times as long as the system's own
     * part. The memory of the callbacks is nevertheless fresh to the process.
     */
    static void touchMemory(Size size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment _ = arena.allocate(size.nativeMebibytes() * 1024L * 1024);
        }
    }

    private void measure() {
        System.gc();
        touchMemory(size);
        Footprint before = Footprint.now();
        long heapBefore = usedHeap();
        try {
            if (!fill()) {
                return;
            }
        } catch (Throwable e) { // whatever it is, it is the peer's limit
            new Message.Limit(live + kept, Message.describe(e)).send();
            return;
        }
        Footprint after = Footprint.now();
        System.gc();
        double count = size.count();
        if (size.isEnoughForMemory()) {
            Message.sample(Figure.nativeBytes(size), (after.residentBytes() - before.residentBytes()) / count);
            Message.sample(Figure.heapBytes(size), (usedHeap() - heapBefore) / count);
        }
        Message.sample(Figure.mappings(size), after.mappings() - before.mappings());
        Message.sample(Figure.writableExecutable(size), after.writableExecutable() - before.writableExecutable());
        replaceInOrder();
        if (!callbacks.areClosedByCollector()) {
            closeInRandomOrder();
        }
    }

    /** Opens all callbacks; false if the time was up before. */
    private boolean fill() {
        long total = 0;
        long million = 0;
        long firstMillion = 0;
        while (live < size.count()) {
            long start = System.nanoTime();
            callbacks.open(live, live + step);
            long end = System.nanoTime();
            total += end - start;
            million += end - start;
            live += step;
            new Message.Live(live + kept).send();
            if (live == MILLION) {
                firstMillion = million;
            }
            if (live % MILLION == 0 && live < size.count()) {
                million = 0;
            }
            if (end > deadline && live < size.count()) {
                new Message.Limit(live + kept, "the time was up").send();
                return false;
            }
        }
        Message.sample(Figure.createFresh(size), (double) total / size.count());
        if (size == Size.M10) {
            Message.sample(Figure.GROWTH, (double) million / firstMillion);
        }
        return true;
    }

    /** Closes the oldest, and opens as many. */
    private void replaceInOrder() {
        int place = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            Stopwatch closing = new Stopwatch(measuring.dividedBy(SAMPLES));
            Stopwatch opening = new Stopwatch(measuring.dividedBy(SAMPLES));
            while (opening.goesOn()) {
                closing.start();
                callbacks.close(place, place + batch);
                closing.stop(batch);
                if (callbacks.areClosedByCollector()) {
                    Collection.awaitEffects();
                }
                opening.start();
                callbacks.open(place, place + batch);
                opening.stop(batch);
                place = (place + batch) % size.count();
            }
            Message.sample(Figure.createLive(size), opening.nanosecondsEach());
            if (!callbacks.areClosedByCollector()) {
                Message.sample(Figure.closeInOrder(size), closing.nanosecondsEach());
            }
        }
    }

    private void closeInRandomOrder() {
        MemorySegment order = shuffled(size.count());
        int from = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            Stopwatch closing = new Stopwatch(measuring.dividedBy(SAMPLES));
            while (closing.goesOn()) {
                closing.start();
                callbacks.close(order, from, from + batch);
                closing.stop(batch);
                for (int i = from; i < from + batch; i++) {
                    int place = order.getAtIndex(JAVA_INT, i);
                    callbacks.open(place, place + 1);
                }
                from = (from + batch) % size.count();
            }
            Message.sample(Figure.closeRandom(size), closing.nanosecondsEach());
        }
    }

    /** All places, by chance, but by the same chance each time. */
    private static MemorySegment shuffled(int count) {
        MemorySegment order = Arena.global().allocate(JAVA_INT, count);
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order.setAtIndex(JAVA_INT, i, order.getAtIndex(JAVA_INT, other));
            order.setAtIndex(JAVA_INT, other, i);
        }
        return order;
    }

    private static long usedHeap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
