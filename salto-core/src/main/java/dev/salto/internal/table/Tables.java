// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

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

    /** Unbinds a slot that has no table. */
    public static void clear(int id) {
        setTargetRelease(id, null);
    }

    static void setTargetRelease(int id, @Nullable Object target) {
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
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     * @throws IllegalArgumentException if the system property for protection has a value that means nothing
     */
    static Table add(TextImage image) {
        return add(image, areProtected());
    }

    /** Maps one more table, which its owner writes at any time until it is sealed. */
    static Table addUnprotected(TextImage image) {
        return add(image, false);
    }

    private static synchronized Table add(TextImage image, boolean isProtected) {
        int slots = image.index().trampolineCount();
        if (slots > SLOTS) {
            throw new AssertionError("a table of %d slots needs more than %d bits".formatted(slots, SLOT_BITS));
        }
        int number = nextNumber();
        Table table = new Table(number, image.index(), map(image), isProtected);
        TARGETS[number] = new @Nullable Object[slots];
        TABLES[number] = table;
        count++;
        return table;
    }

    /**
     * Makes room for the objects of as many slots as a table can have, without a table: for closures whose code the JDK makes.
     *
     * @return the id of the first; the others follow
     */
    public static synchronized int addObjectsOnly() {
        int number = nextNumber();
        TARGETS[number] = new @Nullable Object[SLOTS];
        count++;
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
        } catch (SystemCallException e) {
            throw new IllegalStateException("there is no room for one more table of " + image.index().trampolineCount()
                    + " trampolines: " + e.getMessage() + "; each table takes two of the process's mappings, which"
                    + " vm.max_map_count limits. Those in use go on working", e);
        }
    }
}
