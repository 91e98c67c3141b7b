// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.failure.Guard;
import dev.salto.internal.failure.ReportedClosure;
import dev.salto.internal.failure.StaleCall;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All tables of the process, by number, and the Java objects that their slots are bound to.
 *
 * <p>A slot's <em>id</em> is the number of its table, followed by {@value #SLOT_BITS} bits for the
 * slot in the table. A gate receives the id as the hidden argument, and {@link #called} finds the
 * Java object. These three loads are the only Java code of Salto in each callback. The directory
 * has a fixed size so that it is a constant to the JIT compiler.
 */
public final class Tables {
    static final int SLOT_BITS = 13;

    /** The most slots that a table can have. */
    static final int SLOTS = 1 << SLOT_BITS;

    static final int SLOT_MASK = SLOTS - 1;

    /** No slot. */
    public static final int NONE = -1;

    /** A table takes two mappings, so a process reaches its limit on mappings first. */
    static final int MAXIMUM = 1 << 15;

    /**
     * A bit in the number of an object's class: the closure is closed by its address, not by an
     * object.
     */
    private static final int BY_ADDRESS = 1 << 15;

    private static final @Nullable Table[] TABLES = new @Nullable Table[MAXIMUM];
    private static final @Nullable Object[][] TARGETS = new @Nullable Object[MAXIMUM][];

    /** The objects of empty tables' slots: none. */
    private static final @Nullable Object[] NO_TARGETS = new @Nullable Object[SLOTS];

    /** For each slot the number of its object's class, with {@link #BY_ADDRESS}. */
    private static final short[][] CLASSES = new short[MAXIMUM][];

    /** The class numbers of empty tables' slots. */
    private static final short[] NO_CLASSES = new short[SLOTS];

    static {
        Arrays.fill(CLASSES, NO_CLASSES);
    }

    private static final VarHandle TARGET = MethodHandles.arrayElementVarHandle(Object[].class);

    private static final BitSet NUMBERS = new BitSet(MAXIMUM);
    private static final AddressMap ADDRESSES = new AddressMap();

    /** Tables without numbers. */
    private static final List<UnnumberedTable> UNNUMBERED = new ArrayList<>();

    private static final ReportedClosure.Finder CLOSURES = new ReportedClosure.Finder() {
        @Override
        public ReportedClosure find(int id) {
            return ReportedSlot.of(id);
        }
    };

    private Tables() {}

    /** Memory with code that no id leads to. */
    interface UnnumberedTable {
        TableState state();
    }

    /**
     * The object that a call of a slot reaches.
     *
     * @return null if the closure is closed
     * @throws RuntimeException if the call has to be answered at once, see
     *     {@link Guard#requireNonePending}
     */
    public static @Nullable Object called(int id) {
        Object target = target(id);
        if (Guard.isAnyPending() && target != null) {
            Guard.requireNonePending(target);
        }
        return target;
    }

    /**
     * The object that a slot is bound to.
     *
     * @return null if the closure is closed
     */
    static @Nullable Object target(int id) {
        return TARGET.getAcquire(TARGETS[id >>> SLOT_BITS], id & SLOT_MASK);
    }

    /** The objects that the slots of an id's table are bound to. */
    static @Nullable Object[] targets(int id) {
        return TARGETS[id >>> SLOT_BITS];
    }

    /** The class number of a slot's object, or of its last object if the closure is closed. */
    public static int classNumber(int id) {
        return classAndFlag(id) & ~BY_ADDRESS;
    }

    /** Whether a slot's closure is, or was, closed by its address. */
    static boolean isByAddress(int id) {
        return (classAndFlag(id) & BY_ADDRESS) != 0;
    }

    private static int classAndFlag(int id) {
        return Short.toUnsignedInt(CLASSES[id >>> SLOT_BITS][id & SLOT_MASK]);
    }

    static void setClass(int id, int classNumber, boolean isByAddress) {
        CLASSES[id >>> SLOT_BITS][id & SLOT_MASK] = (short) (isByAddress ? classNumber | BY_ADDRESS : classNumber);
    }

    /** Removes the object of a slot, and returns whether there was one. */
    static boolean claim(int id) {
        return TARGET.getAndSet(targets(id), id & SLOT_MASK, null) != null;
    }

    /** Replaces the object that a slot is bound to, with release. */
    static void replace(int id, Object target) {
        TARGET.setRelease(targets(id), id & SLOT_MASK, target);
    }

    /** Replaces the object that a slot is bound to, and returns whether there was one. */
    static boolean replaceIfBound(int id, Object target) {
        @Nullable
        Object[] targets = targets(id);
        int slot = id & SLOT_MASK;
        Object before = TARGET.getAcquire(targets, slot);
        while (before != null && !TARGET.weakCompareAndSet(targets, slot, before, target)) {
            before = TARGET.getAcquire(targets, slot);
        }
        return before != null;
    }

    /** Describes a call of a closed closure. {@code returnAddress} is as in {@link StaleCall}. */
    static StaleCall staleCall(int id, long returnAddress) {
        return new StaleCall(ReportedSlot.of(id), Traces.of(id), Thread.currentThread(), returnAddress);
    }

    /** Finds closures for reports. */
    public static ReportedClosure.Finder closures() {
        return CLOSURES;
    }

    /** The label of a slot's closure, open or closed last; null if it has or had none. */
    public static @Nullable String label(int id, boolean isOpen) {
        return table(id).label(id & SLOT_MASK, isOpen);
    }

    /** The function pointer of a slot. */
    public static long address(int id) {
        return table(id).address(id & SLOT_MASK);
    }

    /** The kind of a slot's closure. */
    public static Kind kind(int id) {
        return table(id).kind(id & SLOT_MASK);
    }

    /** All tables by number, for code that must not call a method. */
    static @Nullable Table[] all() {
        return TABLES;
    }

    static Table table(int id) {
        Table table = TABLES[id >>> SLOT_BITS];
        if (table == null) {
            throw new AssertionError("no table has the slot " + id);
        }
        return table;
    }

    static int slot(int id) {
        return id & SLOT_MASK;
    }

    static int id(int number, int slot) {
        return number << SLOT_BITS | slot;
    }

    /** The slot of a function pointer, or {@link #NONE}. */
    static int find(long address) {
        int id = ADDRESSES.find(address, Tables::find);
        return id != NONE ? id : StubTable.find(address);
    }

    private static int find(int number, long address) {
        Table table = TABLES[number];
        int slot = table == null ? NONE : table.slotAt(address);
        return slot == NONE ? NONE : id(number, slot);
    }

    /** Maps or makes tables. */
    interface Maker<T extends Table> {
        /** Makes tables with the first of these numbers, at least one. */
        List<T> make(int[] numbers) throws OsException;
    }

    /**
     * Adds tables, at least one. All but the first are empty.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static <T extends Table> List<T> add(int capacity, int wanted, Maker<T> maker) {
        if (Events.isRecording()) {
            OpenSlots.watch();
        }
        @Nullable
        Object[] targets = new @Nullable Object[capacity];
        short[] classes = new short[capacity];
        int[] numbers = takeNumbers(wanted);
        List<T> tables = List.of();
        try {
            tables = maker.make(numbers);
            publish(tables.getFirst(), targets, classes);
            for (int i = 1; i < tables.size(); i++) {
                tables.get(i).setEmptied(true);
                publish(tables.get(i), NO_TARGETS, NO_CLASSES);
            }
            return tables;
        } catch (OsException e) {
            throw noRoom(capacity, e);
        } finally {
            giveBackNumbers(numbers, tables.size());
        }
    }

    private static synchronized int[] takeNumbers(int wanted) {
        int used = NUMBERS.cardinality();
        int[] numbers = new int[Math.min(wanted, MAXIMUM - used)];
        if (numbers.length == 0) {
            throw new IllegalStateException("all %s tables are in use".formatted(MAXIMUM));
        }
        ADDRESSES.makeRoom(used + numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = NUMBERS.nextClearBit(0);
            NUMBERS.set(numbers[i]);
        }
        return numbers;
    }

    private static synchronized void giveBackNumbers(int[] numbers, int from) {
        for (int i = from; i < numbers.length; i++) {
            NUMBERS.clear(numbers[i]);
        }
    }

    private static synchronized void publish(Table table, @Nullable Object[] targets, short[] classes) {
        int number = table.number();
        TARGETS[number] = targets;
        CLASSES[number] = classes;
        TABLES[number] = table;
        TableState state = table.state();
        if (state != null) {
            ADDRESSES.add(number, state.code(), state.codeSize());
        }
    }

    /** Adds memory with code that no id leads to. */
    static synchronized void add(UnnumberedTable table) {
        UNNUMBERED.add(table);
    }

    /** The exception for memory that the system refused. */
    static IllegalStateException noRoom(int trampolines, OsException e) {
        return new IllegalStateException("there is no room for one more table of " + trampolines + " trampolines: "
                + e.getMessage() + "; " + Os.current().limitOfTables() + ". Those in use go on working", e);
    }

    /** Releases the Java heap of a table whose slots are all free. */
    static void empty(Table table) {
        table.forgetLabels();
        TARGETS[table.number()] = NO_TARGETS;
        CLASSES[table.number()] = NO_CLASSES;
        table.setEmptied(true);
    }

    /** Gives an empty table arrays for its slots. */
    static void refill(Table table, @Nullable Object[] targets, short[] classes) {
        CLASSES[table.number()] = classes;
        table.setEmptied(false);
        TARGETS[table.number()] = targets;
    }

    /** Whether a slot of a table is bound that was handed out before the last full fence. */
    static boolean isAnyBound(Table table) {
        @Nullable
        Object[] targets = targets(id(table.number(), 0));
        for (int slot = 0; slot < table.handedOut; slot++) {
            if (targets[slot] != null) {
                return true;
            }
        }
        return false;
    }

    /** The states of all tables. */
    public static synchronized List<TableState> states() {
        List<TableState> states = new ArrayList<>();
        NUMBERS.stream().mapToObj(number -> TABLES[number]).filter(Objects::nonNull).map(Table::state)
                .filter(Objects::nonNull).forEach(states::add);
        UNNUMBERED.stream().map(UnnumberedTable::state).forEach(states::add);
        return states;
    }
}
