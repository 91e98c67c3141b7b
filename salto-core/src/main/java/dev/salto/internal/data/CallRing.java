// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a queue of recorded calls, and its consumer's side. The entry {@code record} is the
 * other side; {@code text-image.h} describes both, and argues their order.
 *
 * <p>Memory is never unmapped, because a call may be inside. The memory of a queue without
 * unread calls is used again. Positions go on then, so a late call reserves its record as before.
 *
 * <p>For one consumer at a time.
 */
public final class CallRing {
    /** The size of a cache line, or more, in bytes. Records do not share lines. */
    private static final int LINE = 64;

    private static final int FEWEST_STRIPES = 4;
    private static final int MOST_STRIPES = 64;

    /** The consumer leaves a stripe after this number of calls, so that no other one waits long. */
    private static final int BATCH = 256;

    /** The longest sleep, in nanoseconds, where no barrier orders a producer's last steps. */
    private static final long BRIEF = 1_000_000;

    /** The longest sleep, in nanoseconds: an hour, which fits 32 bits of seconds. */
    private static final long LONGEST = 3_600_000_000_000L;

    /** The longest sleep of a platform thread, in nanoseconds: it may be interrupted. */
    private static final long UNINTERRUPTED = 100_000_000;

    private static final Map<Shape, Deque<CallRing>> UNUSED = new HashMap<>();

    private record Shape(long capacity, long stride, int stripes) {}

    private final Shape shape;
    private final long mask;
    private final long stride;
    private final long queue;
    private final long stripes;
    private final long stripeSize;
    private final int turn;
    private final int tail;
    private final long waiting;

    /** The position of the next call of each other stripe that the consumer reads. */
    private final long[] heads;

    /** The address of the first record of each stripe. */
    private final long[] firstRecords;

    /** The stripe that the consumer reads, and its position there. */
    private int current;

    private long head;

    /** The address of that position's record. */
    private long record;

    /** The turn of that record when a call is published in it. */
    private long published;

    private int inBatch;

    private CallRing(TextIndex index, Shape shape, MemoryRange memory) {
        this.shape = shape;
        this.mask = shape.capacity() - 1;
        this.stride = shape.stride();
        this.queue = memory.address();
        this.tail = index.frame("record", "stripe_tail");
        this.turn = index.frame("record", "turn");
        this.waiting = queue + index.frame("record", "queue_waiting");
        this.stripes = queue + index.frame("record", "queue_size");
        this.stripeSize = stripeSize(index, shape);
        this.heads = new long[shape.stripes()];
        this.firstRecords = new long[shape.stripes()];
        for (int stripe = 0; stripe < firstRecords.length; stripe++) {
            firstRecords[stripe] = stripe(stripe) + index.frame("record", "stripe_records");
        }
        enter(0);
        Memory.setWord(queue + index.frame("record", "queue_stripe_mask"), shape.stripes() - 1);
        Memory.setWord(queue + index.frame("record", "queue_stripe_size"), stripeSize);
        Memory.setWord(queue + index.frame("record", "queue_mask"), mask);
        Memory.setWord(queue + index.frame("record", "queue_stride"), stride);
        Memory.setWord(queue + index.frame("record", "queue_stripes"), stripes);
    }

    /**
     * Maps the memory of a queue, or takes unused one.
     *
     * @param capacity the number of records of each stripe, a power of two
     * @param room the size of what a record has besides registers, in bytes
     * @throws OsException if the system refuses the memory
     */
    public static CallRing of(TextImage image, int capacity, int room) throws OsException {
        TextIndex index = image.index();
        long size = (index.frame("record", "stack") + room + LINE - 1L) / LINE * LINE;
        Shape shape = new Shape(capacity, size, stripeCount());
        CallRing unused = takeUnused(shape);
        if (unused != null) {
            return unused;
        }
        long all = index.frame("record", "queue_size") + shape.stripes() * stripeSize(index, shape) + shape.stride();
        return new CallRing(index, shape, Os.current().map(all));
    }

    private static long stripeSize(TextIndex index, Shape shape) {
        return (index.frame("record", "stripe_records") + shape.capacity() * shape.stride() + 2L * LINE - 1)
                / (2 * LINE) * (2 * LINE);
    }

    private static int stripeCount() {
        int wanted = 2 * Runtime.getRuntime().availableProcessors();
        int most = Memory.WORD_SIZE == Integer.BYTES ? FEWEST_STRIPES : MOST_STRIPES;
        int count = FEWEST_STRIPES;
        while (count < wanted && count < most) {
            count *= 2;
        }
        return count;
    }

    private static @Nullable CallRing takeUnused(Shape shape) {
        synchronized (UNUSED) {
            Deque<CallRing> unused = UNUSED.get(shape);
            return unused == null ? null : unused.poll();
        }
    }

    /** Lets another queue use the memory, unless a call is not published yet. */
    public void release() {
        heads[current] = head;
        for (int stripe = 0; stripe < heads.length; stripe++) {
            if (Memory.getWordAcquire(stripe(stripe) + tail) != Memory.toWord(heads[stripe])) {
                return;
            }
        }
        synchronized (UNUSED) {
            UNUSED.computeIfAbsent(shape, _ -> new ArrayDeque<>()).add(this);
        }
    }

    /** The address that recorders have. */
    long queue() {
        return queue;
    }

    /** The size of a record, in bytes. */
    long stride() {
        return stride;
    }

    /** The number of calls that each stripe has room for. */
    public int capacity() {
        return (int) shape.capacity();
    }

    /** The positions that calls have reserved so far, by stripe. */
    public long[] tails() {
        long[] tails = new long[heads.length];
        for (int stripe = 0; stripe < tails.length; stripe++) {
            tails[stripe] = Memory.getWordAcquire(stripe(stripe) + tail);
        }
        return tails;
    }

    /** Whether the consumer has read all calls before these positions. */
    public boolean hasRead(long[] positions) {
        heads[current] = head;
        for (int stripe = 0; stripe < positions.length; stripe++) {
            if (Memory.toWord(heads[stripe] - positions[stripe]) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Memory of the consumer's, for one record. */
    public long copy() {
        return stripe(heads.length);
    }

    /** The number of stripes. */
    public int stripes() {
        return heads.length;
    }

    /** Goes to the oldest call of a stripe that was not read. */
    private void enter(int stripe) {
        current = stripe;
        head = heads[stripe];
        long number = head & mask;
        record = firstRecords[stripe] + number * stride;
        published = Memory.toWord(head - number + 1);
    }

    private boolean isPublished() {
        return Memory.getWordAcquire(record + turn) == published;
    }

    /**
     * Finds the next published call. Stripes take turns.
     *
     * @return the address of its record, or 0
     */
    public long next() {
        if (inBatch < BATCH && isPublished()) {
            inBatch++;
            return record;
        }
        for (int i = 0; i < heads.length; i++) {
            heads[current] = head;
            enter(current + 1 & heads.length - 1);
            if (isPublished()) {
                inBatch = 1;
                return record;
            }
        }
        return 0;
    }

    /** Frees the record that {@link #next} found last. */
    public void free() {
        Memory.setWordRelease(record + turn, published + mask);
        head++;
        if ((head & mask) == 0) {
            enterAgain();
        } else {
            record += stride;
        }
    }

    private void enterAgain() {
        heads[current] = head;
        enter(current);
    }

    /**
     * Has the next call wake the thread that sleeps, if there is none yet.
     *
     * @return whether to {@link #sleep}; false if there is a call
     */
    public boolean beginSleep() {
        Memory.setIntRelease(waiting, 1);
        Os.current().orderLoadsOfOtherThreads();
        if (next() == 0) {
            return true;
        }
        Memory.setIntRelease(waiting, 0);
        return false;
    }

    /**
     * Sleeps until a call is published, or for no reason. For the one thread that began it. Other
     * threads may be the consumer meanwhile. A virtual thread leaves its carrier.
     *
     * @param nanos the longest time, in nanoseconds
     * @throws InterruptedException if a virtual thread is interrupted. A platform thread sees that
     *     only within a tenth of a second, when this returns
     */
    public void sleep(long nanos) throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            SleepingThread.run(() -> sleepInKernel(Math.min(nanos, LONGEST)), this::wake);
        } else {
            sleepInKernel(Math.min(nanos, UNINTERRUPTED));
        }
    }

    private void sleepInKernel(long nanos) {
        Os.current().await(waiting, 1, Os.current().canOrderLoadsOfOtherThreads() ? nanos : Math.min(nanos, BRIEF));
        Memory.setIntRelease(waiting, 0);
    }

    /** Wakes the thread that sleeps, or is about to. */
    public void wake() {
        Memory.setIntRelease(waiting, 0);
        Os.current().wake(waiting);
    }

    private long stripe(int number) {
        return stripes + number * stripeSize;
    }
}
