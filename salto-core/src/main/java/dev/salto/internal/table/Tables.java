// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.text.SystemCallException;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * All tables of the process, by number, and the Java objects that their slots are bound to.
 *
 * <p>A slot's <em>id</em> is the number of its table, followed by {@value #SLOT_BITS} bits for the slot in the table. It is the
 * hidden argument that a gate receives, and {@link #target} is the way from there to the Java object: the only code of Salto
 * in each callback, two loads. The directory has a fixed size so that it is a constant to the JIT compiler.
 */
public final class Tables {
    private static final int SLOT_BITS = 12;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    /** With two mappings a table, a process reaches the default limit on mappings (vm.max_map_count, 65,530) first. */
    private static final int MAXIMUM = 1 << 15;

    private static final @Nullable Table[] TABLES = new @Nullable Table[MAXIMUM];
    private static final @Nullable Object[][] TARGETS = new @Nullable Object[MAXIMUM][];
    private static final VarHandle TARGET = MethodHandles.arrayElementVarHandle(Object[].class);

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
     * Maps one more table.
     *
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    static synchronized Table add(TextImage image) {
        if (count == MAXIMUM) {
            throw new IllegalStateException("all %d tables are in use".formatted(MAXIMUM));
        }
        int slots = image.index().trampolineCount();
        if (slots > 1 << SLOT_BITS) {
            throw new AssertionError("a table of %d slots needs more than %d bits".formatted(slots, SLOT_BITS));
        }
        Table table = new Table(count, image.index(), map(image));
        TARGETS[count] = new @Nullable Object[slots];
        TABLES[count] = table;
        count++;
        return table;
    }

    private static MemorySegment map(TextImage image) {
        try {
            return image.mapTable();
        } catch (SystemCallException e) {
            throw new IllegalStateException("there is no room for one more table of " + image.index().trampolineCount()
                    + " trampolines: " + e.getMessage() + "; each table takes two of the process's mappings, which"
                    + " vm.max_map_count limits. Those in use go on working", e);
        }
    }
}
