// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StackRoom;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has native code answer all calls when the process ends, because the JVM then ends the process
 * instead. Java keeps a list of the changes that a function of the text image makes at that time,
 * and a directory of the answers. Calls cost nothing for this. The function runs once for each
 * registration: when the first table is mapped, and in a shutdown hook. It runs before all handlers
 * that were registered earlier. Callbacks in other shutdown hooks still reach Java.
 *
 * <p>The list is read-only, except while a change is added. Both numbers of {@code state} exclude
 * changes of pages by Java and by the function.
 */
final class ProcessExit {
    /** At most two for each table by index, and one for each other table. */
    private static final int MOST_CHANGES = 2 * Tables.MAXIMUM;

    /** The number of nested calls that the preparation takes. */
    private static final int FRAMES = 100;

    private static @Nullable TextIndex index;
    private static @Nullable MemoryRange state;
    private static @Nullable MemoryRange list;
    private static volatile @Nullable EntryTable entries;

    /** The address of the directory; 0 if there is none. */
    private static volatile long directory;

    /** How many threads change pages. */
    private static int writers;

    private static int changes;
    private static boolean hasHook;

    /** Changes that the system has not let Java add. */
    private static final List<long[]> PENDING = new ArrayList<>();

    private ProcessExit() {}

    /** Registers the function again, so that it runs before the handlers of other libraries. */
    private static final class Hook extends Thread {
        Hook() {
            super(null, null, "Salto exit", 0, false);
            setContextClassLoader(null);
        }

        @Override
        public void run() {
            try {
                addPending();
                register();
            } catch (OsException e) {
                // The first registration is there.
            }
        }
    }

    /**
     * Prepares the end of the process, once. Does nothing if the text image cannot.
     *
     * @throws OsException if the system refuses; the next call goes on
     */
    static void prepare(TextImage image) throws OsException {
        if (directory == 0 && image.index().hasExit()) {
            make(image);
        }
    }

    private static synchronized void make(TextImage image) throws OsException {
        if (directory != 0) {
            return;
        }
        StackRoom.require(FRAMES);
        TextIndex own = image.index();
        index = own;
        if (own.exit("slot_bits") != Tables.SLOT_BITS || 1 << own.exit("row_bits") != Table.ROW) {
            throw new AssertionError("the text image has other ids");
        }
        Os os = Os.current();
        MemoryRange ownState = state;
        if (ownState == null) {
            ownState = os.map(own.exit("directory") + (long) Tables.MAXIMUM * Memory.WORD_SIZE);
            state = ownState;
        }
        MemoryRange ownList = list;
        if (ownList == null) {
            ownList = os.map(own.exit("list_changes") + (long) MOST_CHANGES * own.exit("change_size"));
            Memory.putWord(ownList.address() + own.exit("list_state"), ownState.address());
            list = ownList;
        }
        os.forbidWriting(ownList);
        EntryTable ownEntries = entries;
        if (ownEntries == null) {
            ownEntries = EntryTable.addForExit(image, ownState.address());
            entries = ownEntries;
        }
        ownEntries.setUniversalGate();
        register();
        addHook();
        directory = ownState.address() + own.exit("directory");
    }

    private static void addHook() {
        if (!hasHook) {
            try {
                Runtime.getRuntime().addShutdownHook(new Hook());
            } catch (IllegalStateException e) {
                // The JVM is ending, so the function is the last registered one by now.
            }
            hasHook = true;
        }
    }

    private static void register() throws OsException {
        EntryTable own = entries;
        MemoryRange ownList = list;
        if (own != null && ownList != null) {
            Os.current().atExit(own.entry("at_exit"), ownList.address());
        }
    }

    /** The function that answers calls of the generic entries; 0 if there is none. */
    static long gate() {
        return entry("exit_gate");
    }

    /** The address of code for the end of the process; 0 if there is none. */
    static long entry(String name) {
        EntryTable own = entries;
        return own == null ? 0 : own.entry(name);
    }

    /** Has tables by index answered. The list is written once for all. */
    static void addTables(Route route, List<IndexTableMemory> tables) {
        if (directory == 0) {
            return;
        }
        TextIndex.CodeByIndex code = route.image().index().byIndex();
        int entry = code.entry(route.genericEntry());
        for (IndexTableMemory table : tables) {
            MemoryRange header = new MemoryRange(table.header(), table.headerSize());
            if (route.isUniversal()) {
                add(header, table.header() + code.headerUniversal(), 0, 1, gate());
            }
            // Other tables have the gate in their headers from the beginning.
            add(header, table.header() + code.headerEntry(), 0, 1, table.code() + entry);
        }
        commit();
    }

    /**
     * Has a table with blocks answered.
     *
     * @param number the table's number
     * @param name the entry that answers, by its name
     */
    static void addTable(int number, BlockTable blocks, String name) {
        long at = directory;
        if (at == 0) {
            return;
        }
        long rows = Arena.global().allocate((long) (blocks.capacity() / Table.ROW + 1) * Memory.WORD_SIZE,
                Memory.WORD_SIZE).address();
        VarHandle.releaseFence();
        Memory.putWord(at + (long) number * Memory.WORD_SIZE, rows + 1);
        add(blocks.pages(), blocks.firstEntry(), blocks.blockSize(), blocks.capacity(), entry(name));
        commit();
    }

    private static synchronized void add(MemoryRange pages, long first, long step, long count, long value) {
        TextIndex own = index;
        if (own == null) {
            return;
        }
        long[] change = new long[own.exit("change_size") / Memory.WORD_SIZE];
        change[own.exit("change_pages") / Memory.WORD_SIZE] = pages.address();
        change[own.exit("change_pages_size") / Memory.WORD_SIZE] = pages.size();
        change[own.exit("change_first") / Memory.WORD_SIZE] = first;
        change[own.exit("change_step") / Memory.WORD_SIZE] = step;
        change[own.exit("change_count") / Memory.WORD_SIZE] = count;
        change[own.exit("change_value") / Memory.WORD_SIZE] = value;
        PENDING.add(change);
    }

    private static void commit() {
        try {
            addPending();
        } catch (OsException e) {
            // With the next change, or in the shutdown hook, it tries again.
        }
    }

    private static synchronized void addPending() throws OsException {
        TextIndex own = index;
        MemoryRange ownList = list;
        if (own == null || ownList == null || PENDING.isEmpty()) {
            return;
        }
        beginChange();
        try {
            Os.current().allowWriting(ownList);
            for (long[] change : PENDING) {
                if (changes < MOST_CHANGES) {
                    Memory.setWords(ownList.address() + own.exit("list_changes")
                            + (long) changes * own.exit("change_size"), change);
                    changes++;
                }
            }
            PENDING.clear();
            VarHandle.releaseFence();
            Memory.putWord(ownList.address() + own.exit("list_count"), changes);
            Os.current().forbidWriting(ownList);
        } finally {
            endChange();
        }
    }

    /** Sets the answer of all slots of a table. */
    static void setAnswer(int table, ExitAnswer answer) {
        long at = directory;
        if (at != 0) {
            set(at + (long) table * Memory.WORD_SIZE, answer);
        }
    }

    /** Sets the answer of a row of a table that kinds share. */
    static void setAnswer(int table, int row, ExitAnswer answer) {
        long at = directory;
        if (at != 0) {
            set(Memory.takeWord(at + (long) table * Memory.WORD_SIZE) - 1 + (long) row * Memory.WORD_SIZE, answer);
        }
    }

    private static void set(long place, ExitAnswer answer) {
        VarHandle.releaseFence();
        Memory.putWord(place, answer.address());
    }

    /**
     * Begins a change of pages that the function for the end may change too. The caller must call
     * {@link #endChange} after it.
     *
     * @throws OsException if the process is ending
     */
    static void beginChange() throws OsException {
        if (count(1)) {
            endChange();
            throw OsException.ofEnd();
        }
    }

    /** Ends a change. */
    static void endChange() {
        boolean _ = count(-1);
    }

    /** Adds to the number of writers, and returns whether the process is ending. */
    private static synchronized boolean count(int more) {
        MemoryRange own = state;
        TextIndex ownIndex = index;
        if (own == null || ownIndex == null) {
            return false;
        }
        writers += more;
        VarHandle.fullFence();
        Memory.putWord(own.address() + ownIndex.exit("writers"), writers);
        VarHandle.fullFence();
        return Memory.takeWord(own.address() + ownIndex.exit("ending")) != 0;
    }
}
