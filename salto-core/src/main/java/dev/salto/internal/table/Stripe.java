// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The part of a pool that one thread uses at a time, so that threads that bind and close at the same time do not meet: slots at hand, and the
 * quarantine of those that were closed here. Slots belong to no stripe: one that was taken here may be given back elsewhere, and is used again there.
 *
 * <p>It has a lock of its own kind, because the monitor and the locks of the JDK take as long as all the rest. Who finds it taken takes another
 * stripe instead of waiting, so it need not be fair, and it is held for nanoseconds; now and then for as long as it takes to map a table.
 */
class Stripe extends CacheLine {
    /** How many a pool has. A power of two; more than there are processors, so that each thread that runs finds one of its own. */
    static final int COUNT = 2 * Integer.highestOneBit(Math.min(Runtime.getRuntime().availableProcessors(), 32));

    /** How many slots a stripe gets or gives at a time. */
    static final int BATCH = 128;

    /** Which stripe a thread tries first, by the last bits of its number; one more than that, so that 0 means none. Written by races, which do no harm. */
    private static final int[] PREFERRED = new int[256];

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final VarHandle TAKEN_UP = findLock();

    /** Slots that were used before and can be again; the last one first. */
    final int[] free = new int[2 * BATCH];
    final Quarantine quarantine;
    final ClassNames.Recent recent;

    @SuppressWarnings("UnusedVariable") // read and written through the handle
    private int takenUp;

    /** How many slots there are in {@link #free}. */
    int freeCount;

    /** The next slot that was never used, and the one behind the last of them. */
    int fresh;

    int freshEnd;

    /** The table that it got free slots from last, if it still holds that; guarded by the depot's lock. */
    @Nullable
    Table table;

    /** How many slots were taken here, and how many given back, in all. */
    long taken;

    long givenBack;

    private Stripe(int quarantineSize, SlotPool pool) {
        this.quarantine = Quarantine.ofSize(quarantineSize);
        this.recent = new ClassNames.Recent(pool);
    }

    /** A stripe without slots. */
    static Stripe of(SlotPool pool, int quarantineSize) {
        return new Padded(quarantineSize, pool);
    }

    /** The stripe that the current thread uses, as a number below {@link #COUNT}. */
    static int preferred() {
        int preferred = PREFERRED[place()];
        return preferred != 0 ? preferred - 1 : prefer(NEXT.getAndIncrement());
    }

    /** Has the current thread use another stripe from now on. */
    static int prefer(int stripe) {
        int preferred = stripe & (COUNT - 1);
        PREFERRED[place()] = preferred + 1;
        return preferred;
    }

    private static int place() {
        return (int) Thread.currentThread().threadId() & (PREFERRED.length - 1);
    }

    /** Takes a slot; there has to be one. Those that were used before come first. */
    int take() {
        taken++;
        return freeCount > 0 ? free[--freeCount] : fresh++;
    }

    boolean tryLock() {
        return TAKEN_UP.compareAndSet(this, 0, 1);
    }

    /** Waits for the lock. */
    void lock() {
        while (!tryLock()) {
            BriefWait.once();
        }
    }

    void unlock() {
        TAKEN_UP.setRelease(this, 0);
    }

    /** Forgets all its slots. */
    void clear() {
        freeCount = 0;
        fresh = 0;
        freshEnd = 0;
        quarantine.clear();
        table = null;
    }

    /** Calls back with each slot that it has. */
    void forEach(IntConsumer action) {
        for (int i = 0; i < freeCount; i++) {
            action.accept(free[i]);
        }
        for (int slot = fresh; slot < freshEnd; slot++) {
            action.accept(slot);
        }
        quarantine.forEach(action);
    }

    /** Forgets those slots for which the answer is true, which is the same for all of a table. */
    void removeIf(IntPredicate isUnwanted) {
        int kept = 0;
        for (int i = 0; i < freeCount; i++) {
            if (!isUnwanted.test(free[i])) {
                free[kept++] = free[i];
            }
        }
        freeCount = kept;
        if (fresh < freshEnd && isUnwanted.test(fresh)) {
            fresh = freshEnd;
        }
        quarantine.removeIf(isUnwanted);
    }

    private static VarHandle findLock() {
        try {
            return MethodHandles.lookup().findVarHandle(Stripe.class, "takenUp", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    /** With as much memory as a cache line behind its fields. */
    @SuppressWarnings("UnusedVariable")
    private static final class Padded extends Stripe {
        private long word0;
        private long word1;
        private long word2;
        private long word3;
        private long word4;
        private long word5;
        private long word6;
        private long word7;

        Padded(int quarantineSize, SlotPool pool) {
            super(quarantineSize, pool);
        }
    }
}
