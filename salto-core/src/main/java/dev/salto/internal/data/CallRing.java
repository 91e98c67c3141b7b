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

    /** The position of the next call of each stripe that the consumer reads. */
    private final long[] heads;

    /** The address of the first record of each stripe. */
    private final long[] firstRecords;

    private int current;
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

    /** The oldest published call of a stripe: the address of its record, or 0. */
    private long oldest(int stripe) {
        long head = heads[stripe];
        long number = head & mask;
        long record = firstRecords[stripe] + number * stride;
        return Memory.getWordAcquire(record + turn) == Memory.toWord(head - number + 1) ? record : 0;
    }

    /**
     * Finds the next published call. Stripes take turns.
     *
     * @return the address of its record, or 0
     */
    public long next() {
        if (inBatch < BATCH) {
            long record = oldest(current);
            if (record != 0) {
                inBatch++;
                return record;
            }
        }
        for (int i = 1; i <= heads.length; i++) {
            int stripe = current + i & heads.length - 1;
            long record = oldest(stripe);
            if (record != 0) {
                current = stripe;
                inBatch = 1;
                return record;
            }
        }
        return 0;
    }

    /** Frees the record that {@link #next} found last. */
    public void free(long record) {
        long head = heads[current];
        Memory.setWordRelease(record + turn, head - (head & mask) + mask + 1);
        heads[current] = head + 1;
    }

    /**
     * Sleeps until a call is published, or for no reason.
     *
     * @param nanos the longest time, in nanoseconds
     */
    public void await(long nanos) {
        Memory.setIntRelease(waiting, 1);
        Os.current().orderLoadsOfOtherThreads();
        if (next() == 0) {
            Os.current().await(waiting, 1, Os.current().canOrderLoadsOfOtherThreads() ? nanos : Math.min(nanos, BRIEF));
        }
        Memory.setIntRelease(waiting, 0);
    }

    /** Wakes the consumer. */
    public void wake() {
        Memory.setIntRelease(waiting, 0);
        Os.current().wake(waiting);
    }

    private long stripe(int number) {
        return stripes + number * stripeSize;
    }
}
