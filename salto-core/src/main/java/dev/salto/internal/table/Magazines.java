// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The magazines of one kind. */
final class Magazines {
    /** How many threads can have one to themselves. A power of two. */
    private static final int OWN = 256;

    /** In how many places a thread looks for one of its own. */
    private static final int PROBES = 4;

    /**
     * How many can be lent at a time: more threads than that are never in the middle of an
     * operation.
     */
    private static final int LENT = 64;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Magazine[].class);
    private static final VarHandle OWNER = findOwner();

    private final @Nullable Magazine[] own = new @Nullable Magazine[OWN];
    private final @Nullable Magazine[] lent = new @Nullable Magazine[LENT];
    private final SeenClasses classes;

    Magazines(SeenClasses classes) {
        this.classes = classes;
    }

    /**
     * A magazine that belongs to the current thread. If it is lent, the thread gives it back by
     * clearing its owner.
     */
    Magazine mine() {
        Thread thread = Thread.currentThread();
        long id = thread.threadId();
        Magazine magazine = own[(int) id & (OWN - 1)];
        return magazine != null && magazine.owner == id ? magazine : find(thread, id);
    }

    private Magazine find(Thread thread, long id) {
        if (!thread.isVirtual()) {
            for (int i = 0; i < PROBES; i++) {
                Magazine magazine = own(thread, id, (int) (id + i) & (OWN - 1));
                if (magazine != null) {
                    return magazine;
                }
            }
        }
        return borrow(id);
    }

    /** The magazine at a place, if it belongs to the thread or can. */
    private @Nullable Magazine own(Thread thread, long id, int place) {
        Magazine magazine = own[place];
        if (magazine == null) {
            Magazine made = new Magazine(id, false, new ClassNames.Recent(classes));
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
        for (int i = 0;; i++) {
            int place = (int) (id + i) & (LENT - 1);
            Magazine magazine = lent[place];
            if (magazine == null) {
                Magazine made = new Magazine(id, true, new ClassNames.Recent(classes));
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
    List<Magazine> all() {
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
        // What was closed is looked at first, because that was bound before.
        long closed = all.stream().mapToLong(magazine -> magazine.closedInAll).sum();
        VarHandle.acquireFence();
        return new Turnover(all.stream().mapToLong(magazine -> magazine.boundInAll).sum(), closed);
    }

    private static VarHandle findOwner() {
        try {
            return MethodHandles.lookup().findVarHandle(Magazine.class, "owner", long.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }
}
