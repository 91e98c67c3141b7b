// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StackRoom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Binds and closes the closures of one kind. The first slots come from tables that all kinds share.
 * A kind that needs more has tables of its own.
 *
 * <p>All methods may be called from any thread. An operation that fails has changed nothing: it
 * takes effect by plain stores, and no call follows them. Methods with an id as a parameter expect
 * that of an open closure. The caller must ensure that nobody else closes it.
 */
public final class KindSlots {
    /** The number of nested calls to close a closure with its arena. */
    private static final int FRAMES_TO_CLOSE = 60;

    private final Kind kind;
    private final Class<?> objects;
    private final Growth growth;
    private final FirstSlots first;
    private final Depot depot;
    private final Magazines magazines;
    private final SlotStore store;

    /** The places of threads' own magazines; those of {@link #magazines} once a thread took one. */
    private @Nullable Magazine[] own;

    /** Whether {@link #bind} is to take the way on which stack traces are recorded. */
    private final boolean tracesBinds;

    /** Null for a kind whose rules are kept for good. */
    private final @Nullable Connection connection;

    private KindSlots(Kind kind, Class<?> objects, Growth growth, Object rules, @Nullable GateUse gate) {
        this.kind = kind;
        this.objects = objects;
        this.tracesBinds = kind.settings().tracesBinds();
        this.growth = growth;
        this.store = new SlotStore(growth);
        this.first = store.first;
        this.depot = store.depot;
        this.magazines = depot.magazines();
        this.own = magazines.own();
        if (gate == null) {
            kind.setRules(rules);
            connection = null;
        } else {
            connection = new Connection(kind, rules, gate, store);
        }
    }

    /**
     * The slots of a kind with a gate or with the universal gate.
     *
     * @param objects the class of all objects
     * @param rules the answer to calls, see {@link Kind#rules}
     * @param gate connected while closures are open; null if gate and rules are kept for good
     */
    public static KindSlots ofTrampolines(Kind kind, Class<?> objects, Route route, Object rules,
            @Nullable GateUse gate) {
        TrampolineGrowth growth = new TrampolineGrowth(kind, route);
        KindSlots slots = new KindSlots(kind, objects, growth, rules, gate);
        if (gate != null) {
            RecycledSlots.watch(slots, growth, slots.store);
        }
        return slots;
    }

    /**
     * The slots of a kind whose function pointers are made one by one.
     *
     * @param objects as in {@link #ofTrampolines}
     * @param maker makes the function pointer of a slot
     * @param rules as in {@link #ofTrampolines}
     * @param gate as in {@link #ofTrampolines}
     */
    public static KindSlots ofStubs(Kind kind, Class<?> objects, StubMaker maker, Object rules,
            @Nullable GateUse gate) {
        return new KindSlots(kind, objects, new StubGrowth(kind, maker), rules, gate);
    }

    /** How many slots were bound and closed so far, of all kinds with static trampolines. */
    public static Turnover turnoverOfAll() {
        return SlotStore.turnoverOfAll(true).plus(BlockSlots.turnoverOfAll());
    }

    /** How many slots without static trampolines were bound and closed so far. */
    public static Turnover turnoverOfStubs() {
        return SlotStore.turnoverOfAll(false);
    }

    /**
     * Whether these slots are static trampolines. Otherwise the JDK makes their code at run time.
     */
    public boolean areStatic() {
        return growth.areStatic();
    }

    /** The kind of the closures. */
    public Kind kind() {
        return kind;
    }

    /** Sets the listener to the classes of objects. */
    public void setListener(ClassListener listener) {
        depot.classes().setListener(listener);
    }

    /**
     * Binds an object to a slot.
     *
     * @param isByAddress whether only {@link #closeAddress} will close the slot
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    public int bind(Object target, boolean isByAddress) {
        Objects.requireNonNull(target, "target");
        Magazine magazine = mine();
        return magazine != null && magazine.isOfLastClass(target)
                ? magazine.bind(target, isByAddress, connection)
                : bindOther(target, isByAddress);
    }

    private int bindOther(Object target, boolean isByAddress) {
        requireInstance(target);
        int id = first.isSpent() ? Tables.NONE : bindFirst(target, isByAddress);
        if (id == Tables.NONE) {
            id = bindOwn(target, isByAddress);
        }
        if (tracesBinds) {
            Traces.noteBinding(id, kind);
        }
        return id;
    }

    private int bindOwn(Object target, boolean isByAddress) {
        Magazine magazine = takeMagazine();
        try {
            magazine.setLastClass(target);
            int id = magazine.bind(target, isByAddress, connection);
            if (tracesBinds) {
                // So that the next object of the class is traced, too.
                magazine.forgetLastClass();
            }
            return id;
        } finally {
            if (magazine.isLent) {
                magazine.owner = Magazine.NOBODY;
            }
        }
    }

    /** The current thread's magazine, if it is in the first place; otherwise null. */
    private @Nullable Magazine mine() {
        long id = Thread.currentThread().threadId();
        Magazine magazine = own[Magazines.place(id)];
        return magazine != null && magazine.owner == id ? magazine : null;
    }

    private Magazine takeMagazine() {
        Magazine magazine = magazines.take();
        own = magazines.own();
        return magazine;
    }

    private void requireInstance(Object target) {
        if (!objects.isInstance(Objects.requireNonNull(target, "target"))) {
            throw new ClassCastException("a %s was bound to a function pointer of %s"
                    .formatted(target.getClass().getName(), kind.describe()));
        }
    }

    /**
     * Binds an object to a slot that {@link #closeAddress} will close.
     *
     * @return the function pointer
     * @throws IllegalStateException if the system refuses the memory that it takes; the message
     *     holds its reason
     */
    public long bindAddress(Object target) {
        return address(bind(target, true));
    }

    private int bindFirst(Object target, boolean isByAddress) {
        int number = numberOfClass(target);
        while (true) {
            if (connection != null) {
                connection.connect();
            }
            int id = first.bind(target, number, isByAddress, connection);
            if (id >= 0) {
                return id;
            }
            if (id == Tables.NONE && !addRows()) {
                first.setSpent();
                return Tables.NONE;
            }
        }
    }

    /**
     * Takes a function pointer for a kind that is not known yet.
     *
     * @param untyped what it is until {@link #adopt}; without rules, so that calls return zero
     * @param route to the universal gate
     * @return the slot's id
     * @throws IllegalStateException if the system refuses the memory that it takes; the message
     *     holds its reason
     */
    public static int reserve(Kind untyped, Route route) {
        return SharedTables.takeRows(untyped, route, 1)[0];
    }

    /**
     * Binds an object to a slot that was reserved for a kind with the same route.
     *
     * @param reserved the slot's id, which nobody else binds
     */
    public int adopt(int reserved, Object target) {
        requireInstance(target);
        int number = numberOfClass(target);
        Tables.table(reserved).setKindOfRow(Tables.slot(reserved), kind);
        int id;
        do {
            if (connection != null) {
                connection.connect();
            }
            id = first.adopt(reserved, target, number, connection);
        } while (id == FirstSlots.DISCONNECTED);
        if (tracesBinds) {
            Traces.noteBinding(id, kind);
        }
        return id;
    }

    private int numberOfClass(Object target) {
        int number = ClassNames.number(target.getClass().getName());
        depot.classes().add(number);
        return number;
    }

    private boolean addRows() {
        int wanted = first.wantedRows();
        int[] rows = wanted == 0 ? new int[0] : growth.takeRows(wanted);
        for (int row : rows) {
            first.addRow(row);
        }
        return rows.length > 0;
    }

    /** Whether calls go through a gate now, and not to the universal gate. */
    public boolean haveGate() {
        return !(growth instanceof TrampolineGrowth trampolines && trampolines.route().isUniversal());
    }

    /** Binds an object to a slot without a label until an arena is closed, as the other method. */
    public MemorySegment bind(Object target, Arena arena) {
        return bind(target, arena, null);
    }

    /**
     * Binds an object to a slot until an arena is closed.
     *
     * @param label null if the closure has none
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system refuses the memory
     *     that the slot takes
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(Object target, Arena arena, @Nullable String label) {
        if (label == null && arena.scope().equals(MemorySegment.NULL.scope())) {
            // It is never closed.
            return MemorySegment.ofAddress(address(bind(target, false)));
        }
        StackRoom.require(FRAMES_TO_CLOSE);
        ClosingAction closing = new ClosingAction(this);
        makeRoomForClosing();
        return closing.bind(target, arena, label);
    }

    /** Makes sure that this thread can close a slot even without free memory. */
    private void makeRoomForClosing() {
        if (first.isSpent()) {
            Magazine magazine = takeMagazine();
            try {
                magazine.makeRoomForClosing();
            } finally {
                if (magazine.isLent) {
                    magazine.owner = Magazine.NOBODY;
                }
            }
        }
    }

    /** The function pointer of a slot. */
    public long address(int id) {
        return Tables.address(id);
    }

    /** Gives a slot's closure a label. */
    public void setLabel(int id, String label) {
        Tables.table(id).setLabel(Tables.slot(id), label);
    }

    /** The label of a slot's closure; null if it has none. */
    public @Nullable String label(int id) {
        return Tables.label(id, true);
    }

    /**
     * Binds a slot to another object. Calls in progress may still see the old object.
     *
     * @throws IllegalStateException if the slot is sealed
     */
    public void rebind(int id, Object target) {
        boolean isByAddress = Tables.isByAddress(id);
        setClassAgain(id, target, isByAddress);
        Tables.replace(id, target);
    }

    private void setClassAgain(int id, Object target, boolean isByAddress) {
        requireNotSealed(id);
        requireInstance(target);
        int number = numberOfClass(target);
        Tables.setClass(id, number, isByAddress);
    }

    private void requireNotSealed(int id) {
        if (Tables.table(id).isSealed(Tables.slot(id))) {
            throw new IllegalStateException(
                    "the function pointer 0x%s is sealed: it keeps its object until it is closed"
                            .formatted(Long.toHexString(address(id))));
        }
    }

    /**
     * Binds a function pointer to another object.
     *
     * @return false if it is closed
     * @throws IllegalArgumentException if no function pointer here has that address, or it is not
     *     one that is closed by its address
     * @throws IllegalStateException if it is sealed
     */
    public boolean rebindAddress(long address, Object target) {
        int id = requireByAddress(address);
        boolean isBound = Tables.target(id) != null;
        if (isBound) {
            setClassAgain(id, target, true);
        }
        return isBound && Tables.replaceIfBound(id, target);
    }

    /** Closes a slot: later calls find no object there. */
    public void close(int id) {
        boolean _ = close(id, false);
    }

    /**
     * Closes a function pointer.
     *
     * @return false if it was closed before
     * @throws IllegalArgumentException if there is no function pointer of that address here, or it
     *     is not one that is closed by its address
     */
    public boolean closeAddress(long address) {
        int id = requireByAddress(address);
        // Closing it again must not replace the label and the trace of the first time.
        return Tables.target(id) != null && close(id, true);
    }

    /** Closes a slot, if it is bound or {@code claims} is false; returns whether it did. */
    private boolean close(int id, boolean claims) {
        Table table = Tables.table(id);
        if (table.isShared()) {
            return first.close(id, claims);
        }
        Magazine magazine = mine();
        return magazine != null ? magazine.close(table, id, claims) : closeElsewhere(table, id, claims);
    }

    /** Closes a slot with a new or borrowed magazine. */
    private boolean closeElsewhere(Table table, int id, boolean claims) {
        Magazine magazine = takeMagazine();
        try {
            return magazine.close(table, id, claims);
        } finally {
            if (magazine.isLent) {
                magazine.owner = Magazine.NOBODY;
            }
        }
    }

    private int requireByAddress(long address) {
        int id = Tables.find(address);
        if (id == Tables.NONE || !kind.equals(Tables.kind(id)) || !isHandedOut(id)) {
            throw new IllegalArgumentException(
                    "there is no function pointer of this type at 0x" + Long.toHexString(address));
        }
        if (!Tables.isByAddress(id) && Tables.target(id) != null) {
            throw new IllegalArgumentException("the function pointer 0x" + Long.toHexString(address)
                    + " belongs to a Closure or an arena; use that");
        }
        return id;
    }

    private boolean isHandedOut(int id) {
        return !Tables.table(id).isShared() || first.isHandedOut(id);
    }

    /**
     * Seals the slots that are bound now: they keep their objects until they are closed, and are
     * not used again.
     *
     * @throws IllegalStateException if the slots have no static trampolines
     */
    public void seal() {
        if (!growth.areStatic()) {
            throw new IllegalStateException(
                    "closures that are upcall stubs of the JDK cannot be sealed: their code is the JVM's, and changeable by design");
        }
        store.seal();
    }

    /**
     * Moves the calls of all slots, present and future ones, to another route.
     *
     * @param route another gate of the same signature; or a gate, instead of the universal gate
     * @throws IllegalStateException if the system refuses; calls then use the old or the new
     *     route
     */
    public void lead(Route route) {
        if (growth instanceof TrampolineGrowth trampolines) {
            trampolines.lead(route, store);
        }
    }

    /** Moves the calls of all slots to another gate of the same signature. */
    public void setGate(long gate) {
        if (growth instanceof TrampolineGrowth trampolines) {
            trampolines.lead(trampolines.route().withGate(gate), store);
        }
    }
}
