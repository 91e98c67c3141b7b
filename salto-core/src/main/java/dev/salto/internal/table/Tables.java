// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import dev.salto.internal.failure.StaleCall;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.text.SystemCallException;
import dev.salto.internal.text.TableMemory;
import dev.salto.internal.text.TextImage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

    private static final int SLOT_MASK = SLOTS - 1;

    /** With two mappings a table, a process reaches the default limit on mappings (vm.max_map_count, 65,530) first. */
    private static final int MAXIMUM = 1 << 15;

    private static final @Nullable Table[] TABLES = new @Nullable Table[MAXIMUM];
    private static final @Nullable Object[][] TARGETS = new @Nullable Object[MAXIMUM][];

    /** What the slots were bound to before they were given back: {@link FormerTarget}s, or only the names of classes. */
    private static final @Nullable Object[][] FORMER = new @Nullable Object[MAXIMUM][];

    /** What the closures of a table are; null for tables without closures. */
    private static final @Nullable ClosureKind[] KINDS = new @Nullable ClosureKind[MAXIMUM];

    private static final VarHandle TARGET = MethodHandles.arrayElementVarHandle(Object[].class);

    /** Parameter tables are read-only but while Salto changes them, if this system property says {@code protected}. */
    private static final String PROTECTION = "dev.salto.tables";

    private static int count;

    private Tables() {}

    /**
     * The object that a slot is bound to, for dispatchers.
     *
     * @return null if the slot was given back while the call was on its way
     */
    public static @Nullable Object target(int id) {
        return TARGET.getAcquire(TARGETS[id >>> SLOT_BITS], id & SLOT_MASK);
    }

    /** Unbinds a slot of a closure, and notes what it was bound to. */
    public static void unbind(int id) {
        int slot = id & SLOT_MASK;
        @Nullable
        Object[] targets = row(TARGETS, id);
        // A name, and not the class, so that the class can be unloaded. Whoever gives the slot back has bound it, or has seen it bound.
        String name = Objects.requireNonNull(targets[slot]).getClass().getName();
        @Nullable
        Object[] former = row(FORMER, id);
        if (StaleCalls.isTracing()) {
            former[slot] = FormerTarget.closedHere(name);
        } else if (!name.equals(former[slot])) {
            // Comparing costs less than storing: a store of a reference may wait until the processor's stores are done, for the garbage collector.
            former[slot] = name;
        }
        TARGET.setRelease(targets, slot, null);
    }

    /**
     * What is known of the call of a closed closure.
     *
     * @param id the closure's slot
     * @param returnAddress as in {@link StaleCall}
     */
    static StaleCall staleCall(int id, long returnAddress) {
        Object former = row(FORMER, id)[id & SLOT_MASK];
        FormerTarget target = former instanceof FormerTarget full ? full : FormerTarget.named((String) former);
        return new StaleCall(kind(id).describe(), target.className(), target.closedAt(), Thread.currentThread(),
                returnAddress);
    }

    /** What a closure is. */
    static ClosureKind kind(int id) {
        return Objects.requireNonNull(KINDS[id >>> SLOT_BITS], "not a closure");
    }

    private static @Nullable Object[] row(@Nullable Object[][] rows, int id) {
        return Objects.requireNonNull(rows[id >>> SLOT_BITS], "no such table");
    }

    static void setTargetRelease(int id, Object target) {
        TARGET.setRelease(TARGETS[id >>> SLOT_BITS], id & SLOT_MASK, target);
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

    static int id(Table table, int slot) {
        return table.number() << SLOT_BITS | slot;
    }

    /**
     * Maps one more table, which is protected if the user wants tables to be.
     *
     * @param kind what its closures are; null if there are none
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     * @throws IllegalArgumentException if the system property for protection has a value that means nothing
     */
    static Table add(TextImage image, @Nullable ClosureKind kind) {
        return add(image, areProtected(), kind);
    }

    /** Maps one more table, which its owner writes at any time until it is sealed. */
    static Table addUnprotected(TextImage image) {
        return add(image, false, null);
    }

    private static synchronized Table add(TextImage image, boolean isProtected, @Nullable ClosureKind kind) {
        int slots = image.index().trampolineCount();
        if (slots > SLOTS) {
            throw new AssertionError("a table of %d slots needs more than %d bits".formatted(slots, SLOT_BITS));
        }
        int number = nextNumber();
        Table table = new Table(number, image.index(), map(image), isProtected);
        addObjects(number, slots, kind);
        TABLES[number] = table;
        count++;
        Events.tableMapped(table.trampoline(0), slots, table.state().size(), isProtected);
        return table;
    }

    /**
     * Makes room for the objects of as many slots as a table can have, without a table: for closures whose code the JDK makes.
     *
     * @param kind what they are
     * @return the id of the first; the others follow
     */
    public static synchronized int addObjectsOnly(ClosureKind kind) {
        int number = nextNumber();
        addObjects(number, SLOTS, kind);
        count++;
        return number << SLOT_BITS;
    }

    private static void addObjects(int number, int slots, @Nullable ClosureKind kind) {
        if (kind != null) {
            FORMER[number] = new @Nullable Object[slots];
            KINDS[number] = kind;
        }
        TARGETS[number] = new @Nullable Object[slots];
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
        } catch (SystemCallException e) {
            throw new IllegalStateException("there is no room for one more table of " + image.index().trampolineCount()
                    + " trampolines: " + e.getMessage() + "; each table takes two of the process's mappings, which"
                    + " vm.max_map_count limits. Those in use go on working", e);
        }
    }
}
