// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The magazines of one kind. */
@SuppressWarnings("ReferenceEquality") // one array stands for none
final class Magazines {
    /** The number of threads that can have a magazine to themselves. A power of two. */
    private static final int OWN = 256;

    /** The number of places where a thread looks for a magazine of its own. */
    private static final int PROBES = 4;

    /**
     * The number of magazines that can be lent at a time. More threads are hardly ever in the
     * middle of an operation.
     */
    private static final int LENT = 64;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Magazine[].class);
    private static final VarHandle OWNER = findOwner();

    /** The magazines of a kind that needs none yet. */
    private static final @Nullable Magazine[] NONE = new @Nullable Magazine[OWN];

    private final Depot depot;

    /**
     * The places of magazines. The array changes once, from {@link #NONE} and under the monitor. A
     * thread that does not see the change finds no magazine, and looks again.
     */
    private @Nullable Magazine[] own = NONE;

    private @Nullable Magazine[] lent = NONE;

    Magazines(Depot depot) {
        this.depot = depot;
    }

    /** The places of magazines of threads' own. They change once. */
    @Nullable
    Magazine[] own() {
        return own;
    }

    /** The place where the thread of a number looks first for its own magazine. */
    static int place(long thread) {
        return (int) thread & (OWN - 1);
    }

    /**
     * A magazine that belongs to the current thread. If it is lent, the thread gives it back by
     * clearing its owner.
     */
    Magazine take() {
        Thread thread = Thread.currentThread();
        long id = thread.threadId();
        if (own == NONE) {
            makePlaces();
        }
        if (!thread.isVirtual()) {
            for (int i = 0; i < PROBES; i++) {
                Magazine magazine = own(thread, id, place(id + i));
                if (magazine != null) {
                    return magazine;
                }
            }
        }
        return borrow(id);
    }

    private synchronized void makePlaces() {
        if (own == NONE) {
            @Nullable
            Magazine[] places = new @Nullable Magazine[OWN];
            lent = new @Nullable Magazine[LENT];
            own = places;
        }
    }

    /** The magazine at a place, if the thread has it or can take it. */
    private @Nullable Magazine own(Thread thread, long id, int place) {
        Magazine magazine = own[place];
        if (magazine == null) {
            Magazine made = new Magazine(id, false, depot);
            made.lastOwner = new Magazine.Owner(thread);
            return ELEMENT.compareAndSet(own, place, null, made) ? made : null;
        }
        long owner = magazine.owner;
        if (owner == id) {
            return magazine;
        }
        Magazine.Owner last = magazine.lastOwner;
        if (last == null || !last.isEnded(owner)) {
            return null;
        }
        Magazine.Owner next = new Magazine.Owner(thread);
        if (!OWNER.compareAndSet(magazine, owner, id)) {
            return null;
        }
        magazine.lastOwner = next;
        return magazine;
    }

    private Magazine borrow(long id) {
        if (lent == NONE) {
            makePlaces();
        }
        for (int i = 0;; i++) {
            int place = (int) (id + i) & (LENT - 1);
            Magazine magazine = lent[place];
            if (magazine == null) {
                Magazine made = new Magazine(id, true, depot);
                if (ELEMENT.compareAndSet(lent, place, null, made)) {
                    return made;
                }
            } else if (magazine.owner == Magazine.NOBODY
                    && OWNER.compareAndSet(magazine, Magazine.NOBODY, id)) {
                return magazine;
            }
            if (i % LENT == LENT - 1) {
                BriefWait.once();
            }
        }
    }

    /** All magazines. */
    synchronized List<Magazine> all() {
        List<Magazine> all = new ArrayList<>();
        addTo(all, own);
        addTo(all, lent);
        return all;
    }

    private static void addTo(List<Magazine> all, @Nullable Magazine[] magazines) {
        for (Magazine magazine : magazines) {
            if (magazine != null) {
                all.add(magazine);
            }
        }
    }

    /** How many slots were bound and closed. Exact while no thread uses a magazine. */
    Turnover turnover() {
        List<Magazine> all = all();
        // The closed slots are counted first, because they were bound before.
        long closed = all.stream().mapToLong(magazine -> magazine.closedBefore + magazine.closed.count).sum();
        VarHandle.acquireFence();
        return new Turnover(all.stream().mapToLong(magazine -> magazine.givenInAll - magazine.freeCount).sum(), closed);
    }

    private static VarHandle findOwner() {
        try {
            return MethodHandles.lookup().findVarHandle(Magazine.class, "owner", long.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }
}
