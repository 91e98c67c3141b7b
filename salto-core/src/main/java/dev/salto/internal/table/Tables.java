// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.failure.StaleCall;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.os.TableMemory;
import dev.salto.internal.text.TextImage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All tables of the process, by number, and the Java objects that their slots are bound to.
 *
 * <p>A slot's <em>id</em> is the number of its table, followed by {@value #SLOT_BITS} bits for the slot in the table. It is the
 * hidden argument that a gate receives, and {@link #target} is the way from there to the Java object: the only code of Salto
 * in each callback, two loads. The directory has a fixed size so that it is a constant to the JIT compiler.
 */
public final class Tables {
    private static final int SLOT_BITS = 13;
    /** The most slots that a table can have. */
    public static final int SLOTS = 1 << SLOT_BITS;

    /** No slot. */
    public static final int NONE = -1;

    private static final int SLOT_MASK = SLOTS - 1;

    /** With two mappings a table, a process reaches the default limit on mappings (vm.max_map_count, 65,530) first. */
    private static final int MAXIMUM = 1 << 15;

    private static final @Nullable Table[] TABLES = new @Nullable Table[MAXIMUM];
    private static final @Nullable Object[][] TARGETS = new @Nullable Object[MAXIMUM][];

    /** What the slots of retired tables are bound to: nothing. */
    private static final @Nullable Object[] NO_TARGETS = new @Nullable Object[SLOTS];

    /**
     * What the slots of closures are bound to, or were before they were given back: the number that {@link ClassNames} has for the object's class, with {@link #BY_ADDRESS}. Written
     * when a slot is bound, so that closing it need not look at the object.
     */
    private static final short[] @Nullable [] CLASSES = new short[MAXIMUM][];

    /** Says that a closure is closed by its address, and not by an object. */
    private static final int BY_ADDRESS = 1 << 15;

    /** What the closures of a table are; null for tables without closures. */
    private static final @Nullable ClosureKind[] KINDS = new @Nullable ClosureKind[MAXIMUM];

    /** The same by rows, of tables that are shared; null for others. */
    private static final @Nullable ClosureKind[] @Nullable [] KINDS_OF_ROWS = new @Nullable ClosureKind[MAXIMUM][];

    private static final VarHandle TARGET = MethodHandles.arrayElementVarHandle(Object[].class);

    /** Parameter tables are read-only but while Salto changes them, if this system property says {@code protected}. */
    private static final String PROTECTION = "dev.salto.tables";

    private static volatile int count;

    /** Where the tables are that have code, in the order of their addresses. */
    private static volatile TableAddresses addresses = TableAddresses.NONE;

    private Tables() {}

    /**
     * The object that a slot is bound to, for dispatchers.
     *
     * @return null if the slot was given back while the call was on its way
     */
    public static @Nullable Object target(int id) {
        return TARGET.getAcquire(TARGETS[id >>> SLOT_BITS], id & SLOT_MASK);
    }

    /**
     * Binds a free slot of a closure.
     *
     * @param classNumber what {@link ClassNames} has for the object's class
     * @param isByAddress whether the closure is closed by its address
     */
    static void bind(int id, Object target, int classNumber, boolean isByAddress) {
        setClass(id, isByAddress ? classNumber | BY_ADDRESS : classNumber);
        setTarget(id, target);
    }

    /** The same, for those who bind few. */
    public static void bind(int id, Object target, boolean isByAddress) {
        bind(id, target, numberOfClass(target), isByAddress);
    }

    /** Binds the slot of a closure, which is open, to another object. */
    static void rebind(int id, Object target) {
        bind(id, target, isByAddress(id));
    }

    private static int numberOfClass(Object target) {
        return ClassNames.number(target.getClass().getName());
    }

    private static void setClass(int id, int numberAndFlag) {
        short[] classes = CLASSES[id >>> SLOT_BITS];
        if (classes != null) {
            classes[id & SLOT_MASK] = (short) numberAndFlag;
        }
    }

    private static int classAndFlag(int id) {
        short[] classes = CLASSES[id >>> SLOT_BITS];
        return classes == null ? 0 : Short.toUnsignedInt(classes[id & SLOT_MASK]);
    }

    /** The number of the class of what the slot of a closure is bound to. */
    static int classNumber(int id) {
        return classAndFlag(id) & ~BY_ADDRESS;
    }

    /** Whether the slot of a closure is, or was, closed by its address. */
    static boolean isByAddress(int id) {
        return (classAndFlag(id) & BY_ADDRESS) != 0;
    }

    /** Unbinds the slot of a closure. */
    public static void unbind(int id) {
        Traces.note(id);
        TARGET.setRelease(row(TARGETS, id), id & SLOT_MASK, null);
    }

    /**
     * Takes the object away from a slot.
     *
     * @return whether there was one
     */
    static boolean claim(int id) {
        return TARGET.getAndSet(row(TARGETS, id), id & SLOT_MASK, null) != null;
    }

    /**
     * Binds the slot of a closure that is closed by its address to another object.
     *
     * @return false if it is bound to none
     */
    static boolean replaceTarget(int id, Object target) {
        @Nullable
        Object[] targets = row(TARGETS, id);
        int slot = id & SLOT_MASK;
        while (true) {
            Object before = TARGET.getAcquire(targets, slot);
            if (before == null) {
                return false;
            }
            if (TARGET.weakCompareAndSet(targets, slot, before, target)) {
                setClass(id, numberOfClass(target) | BY_ADDRESS);
                return true;
            }
        }
    }

    /**
     * What is known of the call of a closed closure.
     *
     * @param id the closure's slot
     * @param returnAddress as in {@link StaleCall}
     */
    static StaleCall staleCall(int id, long returnAddress) {
        return new StaleCall(kind(id).describe(), ClassNames.name(classNumber(id)), Traces.of(id),
                Thread.currentThread(), returnAddress);
    }

    /** What a closure is. */
    static ClosureKind kind(int id) {
        ClosureKind kind = KINDS[id >>> SLOT_BITS];
        if (kind == null) {
            @Nullable
            ClosureKind[] rows = KINDS_OF_ROWS[id >>> SLOT_BITS];
            kind = rows == null ? null : rows[(id & SLOT_MASK) / SharedTables.ROW];
        }
        return Objects.requireNonNull(kind, "not a closure");
    }

    /** Sets what the closures of a row of a shared table are. */
    static void setKindOfRow(Table table, int firstSlot, ClosureKind kind) {
        @Nullable
        ClosureKind[] rows = Objects.requireNonNull(KINDS_OF_ROWS[table.number()], "not shared");
        rows[firstSlot / SharedTables.ROW] = kind;
    }

    /** How a call of a closure is to be answered that the universal gate answers. */
    public static Object dataDriven(int id) {
        return Objects.requireNonNull(kind(id).dataDriven(), "not data-driven");
    }

    private static @Nullable Object[] row(@Nullable Object[][] rows, int id) {
        return Objects.requireNonNull(rows[id >>> SLOT_BITS], "no such table");
    }

    /** Sets the object that a slot leads to, with release. */
    static void setTarget(int id, Object target) {
        TARGET.setRelease(TARGETS[id >>> SLOT_BITS], id & SLOT_MASK, target);
    }

    static Table table(int id) {
        Table table = TABLES[id >>> SLOT_BITS];
        if (table == null) {
            throw new AssertionError("no table has the slot " + id);
        }
        return table;
    }

    /** The function pointer of a slot. */
    static long trampoline(int id) {
        return table(id).trampoline(slot(id));
    }

    static int slot(int id) {
        return id & SLOT_MASK;
    }

    static int id(Table table, int slot) {
        return table.number() << SLOT_BITS | slot;
    }

    /** The number of a slot's table. */
    static int number(int id) {
        return id >>> SLOT_BITS;
    }

    /** The number of tables that there are and were; theirs are lower. */
    static int count() {
        return count;
    }

    /** The slots of a table that are bound to objects of a class. */
    static int[] boundTo(Class<?> type, Table table) {
        return bound(table, target -> target.getClass() == type);
    }

    /** The slots of a table that are bound. */
    static int[] bound(Table table) {
        return bound(table, _ -> true);
    }

    private static int[] bound(Table table, Predicate<Object> isWanted) {
        @Nullable
        Object[] targets = row(TARGETS, id(table, 0));
        return IntStream.range(0, table.handedOut()).filter(slot -> {
            Object target = TARGET.getAcquire(targets, slot);
            return target != null && isWanted.test(target);
        }).toArray();
    }

    /**
     * The slot of a trampoline.
     *
     * @return {@link #NONE} if there is none at that address
     */
    static int find(long address) {
        int number = addresses.numberAt(address);
        Table table = number == NONE ? null : TABLES[number];
        int slot = table == null ? NONE : table.slotAt(address);
        return table == null || slot == NONE ? NONE : id(table, slot);
    }

    /**
     * Maps one more table, which is protected if the user wants tables to be.
     *
     * @param kind what its closures are; null if there are none
     * @param owner whose table it is
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     * @throws IllegalArgumentException if the system property for protection has a value that means nothing
     */
    static Table add(TextImage image, @Nullable ClosureKind kind, Object owner) {
        return add(image, areProtected(), kind, owner);
    }

    /** Maps one more table, which its owner writes at any time until it is sealed. */
    static Table addUnprotected(TextImage image) {
        return add(image, false, null, null);
    }

    /**
     * Maps one more table for closures of different kinds, which get their {@linkplain #setKindOfRow kinds} by rows.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static synchronized Table addShared(TextImage image) {
        Table table = add(image, areProtected(), null, null);
        int slots = table.capacity();
        CLASSES[table.number()] = new short[slots];
        KINDS_OF_ROWS[table.number()] = new @Nullable ClosureKind[slots / SharedTables.ROW + 1];
        return table;
    }

    private static synchronized Table add(TextImage image, boolean isProtected, @Nullable ClosureKind kind,
            @Nullable Object owner) {
        int slots = image.index().trampolineCount();
        if (slots > SLOTS) {
            throw new AssertionError("a table of %d slots needs more than %d bits".formatted(slots, SLOT_BITS));
        }
        int number = nextNumber();
        Table table = new Table(number, image.index(), map(image), isProtected, owner);
        TARGETS[number] = new @Nullable Object[slots];
        CLASSES[number] = kind == null ? null : new short[slots];
        add(table, kind);
        Events.tableMapped(table.trampoline(0), slots, table.parametersSize(), isProtected);
        return table;
    }

    private static void add(Table table, @Nullable ClosureKind kind) {
        int number = table.number();
        KINDS[number] = kind;
        TABLES[number] = table;
        addresses = addresses.with(table.code(), number);
        count = number + 1;
    }

    /**
     * Maps a table that other tables become the likeness of when they are {@linkplain #retire retired}: calls of its trampolines are calls of closed closures.
     *
     * @param kind what those are
     */
    static synchronized Table addGrave(TextImage image, @Nullable ClosureKind kind) throws OsException {
        int number = nextNumber();
        Table table = new Table(number, image.index(), image.mapGrave(), false, null);
        TARGETS[number] = NO_TARGETS;
        add(table, kind);
        return table;
    }

    /** Lets go of the memory of a table whose slots are all free. */
    static void retire(Table table, Table grave) throws OsException {
        table.retire(grave);
        TARGETS[table.number()] = NO_TARGETS;
        CLASSES[table.number()] = null;
    }

    /**
     * Takes up a table again that was retired.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static void revive(Table table) {
        // Made before anything changes, because there may be no room for them.
        @Nullable
        Object[] targets = new @Nullable Object[table.capacity()];
        short[] classes = new short[table.capacity()];
        try {
            table.revive();
        } catch (OsException e) {
            throw noRoom(table.capacity(), e);
        }
        TARGETS[table.number()] = targets;
        CLASSES[table.number()] = classes;
    }

    /**
     * Makes room for the objects of as many slots as a table can have, without a table: for closures whose code the JDK makes.
     *
     * @param kind what they are
     * @return the id of the first; the others follow
     */
    public static synchronized int addObjectsOnly(ClosureKind kind) {
        int number = nextNumber();
        TARGETS[number] = new @Nullable Object[SLOTS];
        CLASSES[number] = new short[SLOTS];
        KINDS[number] = kind;
        count = number + 1;
        return number << SLOT_BITS;
    }

    private static int nextNumber() {
        if (count == MAXIMUM) {
            throw new IllegalStateException("all %d tables are in use".formatted(MAXIMUM));
        }
        return count;
    }

    private static boolean areProtected() {
        String value = System.getProperty(PROTECTION, "");
        if (!value.isEmpty() && !value.equals("protected") && !value.equals("writable")) {
            throw new IllegalArgumentException(
                    "-D%s=%s is neither \"writable\", the default, nor \"protected\"".formatted(PROTECTION, value));
        }
        return value.equals("protected");
    }

    /** Every table there is, by number. */
    public static synchronized List<TableState> states() {
        return Arrays.stream(TABLES, 0, count).filter(Objects::nonNull).map(Table::state).toList();
    }

    private static TableMemory map(TextImage image) {
        try {
            return image.mapTable();
        } catch (OsException e) {
            throw noRoom(image.index().trampolineCount(), e);
        }
    }

    private static IllegalStateException noRoom(int trampolines, OsException e) {
        return new IllegalStateException("there is no room for one more table of " + trampolines + " trampolines: "
                + e.getMessage() + "; " + Os.current().limitOfTables() + ". Those in use go on working", e);
    }
}
