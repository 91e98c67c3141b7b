// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots for one purpose: one signature's closures, native bindings of one shape, or raw trampolines. It grows by whole tables.
 *
 * <p>A table never changes its pool, and in the pool of a signature every slot leads to the same gate. So a stale function pointer
 * whose slot was reused reaches another closure of the <em>same signature</em>: the wrong callback, but never a call with the wrong
 * arguments. It also means that nothing but the entry has to be written when a slot is reused.
 *
 * <p>Threads that take slots and give them back at the same time do that in {@link Stripe}s of their own, which meet in the {@link Depot}. Whoever
 * changes a slot of a closure has the lock of any one stripe; whoever has those of all of them sees no slot change.
 */
public final class SlotPool extends ClosureSlots {
    /** All there are: none is ever given up. */
    private static final List<SlotPool> ALL = new CopyOnWriteArrayList<>();

    /** With so many classes, a gate that knows them all is slower than one that knows one. */
    private static final int MIXED = 3;

    private final TextImage image;

    /** Where the trampolines of open slots lead; changes when a pool gets a gate. */
    private volatile int entry;

    /** Where a trampoline points whose slot was given back. */
    private final int dead;

    /** Where it points if its call can be noticed; {@link #dead} if there is nothing to notice. */
    private final int caught;

    private final @Nullable ClosureKind kind;
    private final Depot depot;
    private final int quarantineSize = Quarantine.wantedSize();

    /** The gate that the pool was made for. */
    private final long ownGate;

    private long stackSize;

    /** Where the tables' {@code generic} entries lead; 0 if they are not used. */
    private final long universalGate;

    /** Whether tables are going to be looked for that can be retired, after the next garbage collection. */
    private volatile boolean isWatched;

    /** Where the tables' {@code append_} entries lead. */
    private long gate;

    /** Asked about the classes of objects; null if nobody wants to know. */
    private volatile @Nullable Classes classes;

    /** The classes of objects that were bound so far, up to {@link #MIXED} of them. */
    private final Set<Integer> seen = new HashSet<>();

    /** Classes whose objects are reached by a gate of their own; never changed, but replaced. */
    private volatile Promoted[] promoted = {};

    /** Made when they are needed, under the lock of the array. */
    private final @Nullable Stripe[] stripes = new @Nullable Stripe[Stripe.COUNT];

    /** Wants to know about the classes of objects. */
    public interface Classes {
        /** There are objects of more classes than two. Called once, by a thread that must not be kept waiting. */
        void areMixed();
    }

    /** A class whose objects are reached by a gate of their own: the address of an entry, in a table that leads to that gate. */
    private record Promoted(WeakReference<Class<?>> type, long entry) {}

    private SlotPool(TextImage image, String entry, String dead, String caught, long target, long stackSize,
            long universalGate, @Nullable ClosureKind kind) {
        this.image = image;
        this.entry = image.index().entry(entry);
        this.dead = image.index().entry(dead);
        this.caught = image.index().entry(caught);
        this.kind = kind;
        this.ownGate = target;
        this.gate = target;
        this.stackSize = stackSize;
        this.universalGate = universalGate;
        this.depot = new Depot(image, kind, quarantineSize, new Depot.Content() {
            @Override
            public void setUp(Table table) {
                // The field, which changes when the pool gets a gate.
                table.setCall(gate, SlotPool.this.stackSize);
                setUniversalGate(table);
            }

            @Override
            public void setUpGrave(Table table) throws OsException {
                // For calls that had passed their trampoline when its table was retired, and read the header only now.
                setUp(table);
                long catcher = catcher();
                table.fillGrave(catcher == 0 ? SlotPool.this.dead : SlotPool.this.caught, catcher);
            }
        });
    }

    /**
     * A pool of slots that lead to one gate with their id as the hidden argument, without tables as yet.
     *
     * @param place where the hidden argument goes
     * @param gate the gate's address
     * @param kind what the closures are
     */
    public static SlotPool ofGate(TextImage image, TrailingArgument place, long gate, ClosureKind kind) {
        return listed(new SlotPool(image, place.entry("append_"), place.dead(), place.caught(), gate, place.stackSize(),
                0, kind));
    }

    /**
     * A pool of slots that lead to the universal gate, without tables as yet. They lead there when they are free, too: it can tell.
     *
     * @param entry the name of the entry that stores what functions are called with, by their calling convention
     * @param universalGate the universal gate's address
     * @param kind what the closures are
     */
    static SlotPool ofData(TextImage image, String entry, long universalGate, ClosureKind kind) {
        return listed(new SlotPool(image, entry, entry, entry, 0, 0, universalGate, kind));
    }

    /**
     * A pool of slots that each have a call of their own, whose address is their argument, without tables as yet.
     *
     * @param place where the appended argument goes
     */
    public static SlotPool ofCalls(TextImage image, TrailingArgument place) {
        return listed(new SlotPool(image, place.entry("bind_"), place.dead(), place.dead(), 0, 0, 0, null));
    }

    /** A pool of slots that each lead straight to a target of their own, without tables as yet. */
    public static SlotPool ofTargets(TextImage image) {
        return listed(
                new SlotPool(image, TrailingArgument.DEAD, TrailingArgument.DEAD, TrailingArgument.DEAD, 0, 0, 0,
                        null));
    }

    private void setUniversalGate(Table table) {
        if (universalGate != 0) {
            table.setUniversalGate(universalGate);
        }
    }

    private static SlotPool listed(SlotPool pool) {
        ALL.add(pool);
        return pool;
    }

    /** How many slots were taken so far, and how many given back, in all pools. */
    public static Turnover turnoverOfAll() {
        return ALL.stream().map(SlotPool::turnover).reduce(StarterSlots.turnoverOfAll(), Turnover::plus);
    }

    @Override
    public boolean areStatic() {
        return true;
    }

    @Override
    public int bind(Object object, boolean isByAddress) {
        Stripe stripe = lockStripe();
        try {
            beforeBinding();
            fill(stripe);
            boolean isFresh = stripe.freeCount == 0;
            int id = stripe.take();
            Tables.bind(id, object, stripe.recent.numberOfClass(object), isByAddress);
            Table table = Tables.table(id);
            if (isFresh) {
                table.set(Tables.slot(id), entry(table, object), id);
            } else {
                table.setEntryRelease(Tables.slot(id), entry(table, object));
            }
            return id;
        } finally {
            stripe.unlock();
        }
    }

    /** The address of the entry for an object: usually the table's own, which reads the table's header. */
    private long entry(Table table, Object object) {
        for (Promoted other : promoted) {
            if (other.type().refersTo(object.getClass())) {
                return other.entry();
            }
        }
        return table.entry(entry);
    }

    @Override
    public void rebind(int id, Object object) {
        super.rebind(id, object);
        lead(id);
    }

    @Override
    public boolean rebindAddress(long address, Object object) {
        boolean isOpen = super.rebindAddress(address, object);
        if (isOpen) {
            lead(Tables.find(address));
        }
        return isOpen;
    }

    /** Leads calls of an open slot to the gate for the object that it is bound to. */
    private void lead(int id) {
        sawClass(Tables.classNumber(id));
        if (promoted.length > 0) {
            exclusively(() -> {
                Table table = Tables.table(id);
                Object object = Tables.target(id);
                if (object != null && !table.isSealed()) {
                    table.setEntryRelease(Tables.slot(id), entry(table, object));
                }
            });
        }
    }

    /** Says who wants to know about the classes of objects. */
    public void setClasses(@Nullable Classes classes) {
        this.classes = classes;
    }

    /** Notes that an object of a class was bound. */
    void sawClass(int number) {
        Classes listener = classes;
        if (listener != null) {
            synchronized (seen) {
                if (seen.size() == MIXED || !seen.add(number) || seen.size() < MIXED) {
                    return;
                }
            }
            listener.areMixed();
        }
    }

    /** Leads the calls of all closures that are not promoted to another gate. */
    public void setGate(long address) {
        exclusively(() -> {
            gate = address;
            depot.setUpAgain();
        });
    }

    /**
     * Leads the calls of all closures that the universal gate has answered so far to a gate of their own. When they are closed, they lead to the universal gate again.
     *
     * @param place where the hidden argument goes
     * @param address the gate's address
     */
    public void leadThroughGate(TrailingArgument place, long address) {
        int append = image.index().entry(place.entry("append_"));
        exclusively(() -> {
            stackSize = place.stackSize();
            gate = address;
            depot.setUpAgain();
            entry = append;
            for (Table table : depot.tables()) {
                for (int slot : Tables.bound(table)) {
                    table.setEntryRelease(slot, table.entry(append));
                }
            }
        });
    }

    /** Leads them to the gate that the pool was made for. */
    public void setOwnGate() {
        setGate(ownGate);
    }

    /**
     * Leads the calls of closures that are bound to objects of a class to a gate that no other class uses, now and from now on.
     *
     * @param gateOfItsOwn makes the gate and returns its address; not called if a class with one was unloaded, whose gate does
     * @return whether a gate was made
     * @throws IllegalStateException if the system refuses the memory for a table
     */
    public boolean promote(Class<?> type, LongSupplier gateOfItsOwn) {
        Promoted[] before = promoted;
        int place = 0;
        while (place < before.length && !before[place].type().refersTo(null)) {
            place++;
        }
        boolean isNew = place == before.length;
        Promoted[] after = Arrays.copyOf(before, Math.max(place + 1, before.length));
        long own = isNew ? entryOf(gateOfItsOwn.getAsLong()) : before[place].entry();
        after[place] = new Promoted(new WeakReference<>(type), own);
        exclusively(() -> promoted = after);
        switchTo(own, type);
        return isNew;
    }

    /** An entry that leads to another gate: the copy in a table whose header has that gate, and of which nothing else is used. */
    long entryOf(long otherGate) {
        Table table = depot.addGateTable();
        table.setCall(otherGate, stackSize);
        return table.entry(entry);
    }

    private void switchTo(long own, Class<?> type) {
        for (Table table : depot.tables()) {
            // One table after the other, so that nobody waits for long.
            exclusively(() -> {
                if (!table.isSealed() && !table.isRetired()) {
                    for (int slot : Tables.boundTo(type, table)) {
                        table.setEntryRelease(slot, own);
                    }
                }
            });
        }
    }

    /**
     * Takes a slot, in a pool of calls or targets. Its trampoline is not to be called before {@link #activate} or {@link #deactivate}.
     *
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory for one more table; the message holds its reason
     */
    public int take() {
        Stripe stripe = lockStripe();
        try {
            fill(stripe);
            return stripe.take();
        } finally {
            stripe.unlock();
        }
    }

    /** Sees to it that a stripe has a slot to take. */
    private void fill(Stripe stripe) {
        if (stripe.freeCount == 0 && stripe.fresh == stripe.freshEnd) {
            depot.fill(stripe, givenBack());
        }
    }

    /** A stripe that nobody else uses, until it is unlocked. */
    private Stripe lockStripe() {
        Stripe stripe = stripes[Stripe.preferred()];
        return stripe != null && stripe.tryLock() ? stripe : lockAnotherStripe();
    }

    private Stripe lockAnotherStripe() {
        for (int tries = 0;; tries++) {
            int preferred = Stripe.preferred();
            Stripe stripe = stripe(preferred);
            if (stripe.tryLock()) {
                return stripe;
            }
            Stripe.prefer(preferred + 1);
            if (tries < Stripe.COUNT) {
                Thread.onSpinWait();
            } else {
                BriefWait.once();
            }
        }
    }

    private Stripe stripe(int number) {
        synchronized (stripes) {
            Stripe stripe = stripes[number];
            if (stripe == null) {
                stripe = Stripe.of(this, quarantineSize);
                stripes[number] = stripe;
            }
            return stripe;
        }
    }

    @Override
    public long address(int id) {
        return Tables.trampoline(id);
    }

    @Override
    protected int find(long address) {
        int id = Tables.find(address);
        return id != Tables.NONE && Tables.table(id).owner() == depot ? id : Tables.NONE;
    }

    /** Keeps an object with a slot that is not one of a closure, for good. */
    public void keep(int id, Object object) {
        Tables.setTarget(id, object);
    }

    /** What is kept with a slot. */
    public @Nullable Object object(int id) {
        return Tables.target(id);
    }

    /** Leads calls to the entry, with an argument other than the slot's id. */
    public void activate(int id, long argument) {
        activate(id, Tables.table(id).entry(entry), argument);
    }

    /** Leads calls straight to native code, with a word for the scratch register. */
    public void activate(int id, long ownTarget, long argument) {
        Tables.table(id).set(Tables.slot(id), ownTarget, argument);
    }

    /** Stops calls at the dead entry. */
    public void deactivate(int id) {
        Table table = Tables.table(id);
        table.setEntryRelease(Tables.slot(id), table.entry(dead));
    }

    @Override
    public void giveBack(int id) {
        boolean isBalanced;
        Stripe stripe = lockStripe();
        try {
            Table table = Tables.table(id);
            // The trampoline of a sealed table leads to the gate for good, which finds no object there.
            boolean isSealed = table.isSealed();
            if (!isSealed) {
                table.setEntryRelease(Tables.slot(id),
                        table.entry(table.catchesCalls() ? caught : entryOfFirstClosed(table)));
            }
            if (kind != null) {
                Tables.unbind(id);
            }
            if (!isSealed) {
                recycle(stripe, stripe.quarantine.add(id));
            }
            stripe.givenBack++;
            isBalanced = stripe.givenBack == stripe.taken;
        } finally {
            stripe.unlock();
        }
        afterGivingBack();
        if (depot.hasMany() && isBalanced && turnover().used() == 0) {
            reclaim(Depot.SOON);
        }
        if (depot.hasSpare() && !isWatched) {
            isWatched = true;
            AfterCollection.run(this::reclaimLater);
        }
    }

    private void reclaim(int least) {
        exclusively(() -> depot.reclaim(existingStripes(), least, givenBack()));
    }

    private void reclaimLater() {
        isWatched = false;
        reclaim(Depot.LATER);
    }

    /** The entry for closed closures of a table that has had none before: it may lack what that entry needs. */
    private int entryOfFirstClosed(Table table) {
        long catcher = catcher();
        if (catcher == 0) {
            return dead;
        }
        table.setCatcher(catcher);
        return caught;
    }

    /** The catcher's address; 0 if there is none, or none is needed because the universal gate does its work. */
    private long catcher() {
        return kind == null || universalGate != 0 ? 0 : Catcher.address();
    }

    private void recycle(Stripe stripe, int id) {
        if (id != Quarantine.NONE) {
            if (stripe.freeCount == stripe.free.length) {
                depot.takeHalf(stripe, givenBack());
            }
            stripe.free[stripe.freeCount++] = id;
        }
    }

    @Override
    public void seal() {
        exclusively(() -> depot.seal(existingStripes()));
    }

    @Override
    public void exclusively(Runnable action) {
        synchronized (stripes) {
            List<Stripe> locked = new ArrayList<>();
            try {
                for (Stripe stripe : existingStripes()) {
                    stripe.lock();
                    locked.add(stripe);
                }
                action.run();
            } finally {
                locked.forEach(Stripe::unlock);
            }
        }
    }

    private List<Stripe> existingStripes() {
        List<Stripe> existing = new ArrayList<>();
        for (Stripe stripe : stripes) {
            if (stripe != null) {
                existing.add(stripe);
            }
        }
        return existing;
    }

    private long givenBack() {
        long sum = 0;
        for (Stripe stripe : stripes) {
            sum += stripe == null ? 0 : stripe.givenBack;
        }
        return sum;
    }

    @Override
    public Turnover turnover() {
        // What was given back is looked at first, because that was taken before.
        long givenBack = givenBack();
        VarHandle.acquireFence();
        long taken = 0;
        for (Stripe stripe : stripes) {
            taken += stripe == null ? 0 : stripe.taken;
        }
        return new Turnover(taken, givenBack);
    }
}
